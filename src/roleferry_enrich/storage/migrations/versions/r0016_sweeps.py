"""When leases were looked after: only such time counts against them."""

from alembic import op

revision = "r0016"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE sweeps (
            began_at timestamptz NOT NULL,
            ended_at timestamptz NOT NULL,
            CONSTRAINT pk_sweeps PRIMARY KEY (began_at)
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE sweeps")
