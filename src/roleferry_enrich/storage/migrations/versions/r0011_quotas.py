"""What accounts may ask, what they were answered to a key of their own, and who did what."""

from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE account_quotas (
            account_id uuid NOT NULL,
            per_minute bigint,
            per_hour bigint,
            per_day bigint,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_account_quotas PRIMARY KEY (account_id),
            CONSTRAINT fk_account_quotas_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE account_quotas")
