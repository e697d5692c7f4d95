"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rather fail than stand in front of every query while waiting for a busy table.
    op.execute("SET LOCAL lock_timeout = '2s'")
    ${upgrades or ""}


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    ${downgrades or ""}
