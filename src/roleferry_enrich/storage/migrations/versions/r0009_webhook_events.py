"""What providers send on their own accord, and what they report of mailboxes."""

from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE webhook_events (
            provider text NOT NULL,
            event_id text NOT NULL,
            kind text NOT NULL,
            subject text,
            occurred_at timestamptz NOT NULL,
            received_at timestamptz DEFAULT now() NOT NULL,
            digest bytea NOT NULL,
            nonce bytea,
            body bytea NOT NULL,
            state text NOT NULL,
            effect text,
            reason text,
            tries integer DEFAULT 0 NOT NULL,
            epoch integer DEFAULT 0 NOT NULL,
            due_at timestamptz DEFAULT now() NOT NULL,
            settled_at timestamptz,
            CONSTRAINT pk_webhook_events PRIMARY KEY (provider, event_id)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_webhook_events_provider_nonce ON webhook_events (provider, nonce)
    """)
    op.execute("CREATE INDEX ix_webhook_events_received_at ON webhook_events (received_at)")
    op.execute("""
        CREATE INDEX ix_webhook_events_due ON webhook_events (due_at) WHERE state = 'waiting'
    """)
    op.execute("""
        CREATE INDEX ix_webhook_events_turn ON webhook_events (provider, subject, occurred_at)
        WHERE state = 'waiting'
    """)
    op.execute("""
        CREATE TABLE mailbox_reports (
            account_id uuid NOT NULL,
            mailbox text NOT NULL,
            provider text NOT NULL,
            id uuid NOT NULL,
            address text NOT NULL,
            deliverability text NOT NULL,
            reason text NOT NULL,
            reported_at timestamptz NOT NULL,
            CONSTRAINT pk_mailbox_reports PRIMARY KEY (account_id, mailbox, provider),
            CONSTRAINT fk_mailbox_reports_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE mailbox_reports")
    op.execute("DROP TABLE webhook_events")
