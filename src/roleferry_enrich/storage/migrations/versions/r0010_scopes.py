"""Keys made before anything asked for scopes keep what every key could do until now."""

from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("UPDATE api_keys SET scopes = '{enrich,personal,read,webhooks}'")


def downgrade() -> None:
    """Nothing to do: the version before it does not look at scopes."""
