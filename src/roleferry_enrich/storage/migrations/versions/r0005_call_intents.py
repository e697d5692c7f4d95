"""Paid calls under way, and the replies of those that were paid for."""

from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE call_intents (
            question bytea NOT NULL,
            id uuid NOT NULL,
            account_id uuid NOT NULL,
            enrichment_id uuid NOT NULL,
            conversation uuid NOT NULL,
            provider text NOT NULL,
            capability text NOT NULL,
            attempt integer NOT NULL,
            price bigint NOT NULL,
            noted_at timestamptz NOT NULL,
            settled_at timestamptz,
            expires_at timestamptz NOT NULL,
            reply bytea,
            CONSTRAINT pk_call_intents PRIMARY KEY (question),
            CONSTRAINT fk_call_intents_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_call_intents_account_id ON call_intents (account_id)")
    op.execute("CREATE INDEX ix_call_intents_expires_at ON call_intents (expires_at)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE call_intents")
