"""Who is told how far jobs are, and when leases were looked after."""

from alembic import op

revision = "r0016"
down_revision = "r0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    # Only the time in which somebody swept counts against a lease.
    op.execute("""
        CREATE TABLE sweeps (
            began_at timestamptz NOT NULL,
            ended_at timestamptz NOT NULL,
            CONSTRAINT pk_sweeps PRIMARY KEY (began_at)
        )
    """)
    op.execute("""
        ALTER TABLE jobs
            ADD COLUMN progress smallint DEFAULT 0 NOT NULL,
            ADD COLUMN progress_at timestamptz
    """)
    op.execute("""
        ALTER TABLE webhook_endpoints ADD COLUMN is_callback boolean DEFAULT false NOT NULL
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_webhook_endpoints_callback ON webhook_endpoints (account_id)
        WHERE is_callback
    """)
    op.execute("ALTER TABLE webhook_deliveries ADD COLUMN url text")
    op.execute("""
        CREATE INDEX ix_webhook_events_dead ON webhook_events (received_at) WHERE state = 'dead'
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP INDEX ix_webhook_events_dead")
    op.execute("DELETE FROM webhook_endpoints WHERE is_callback")
    op.execute("ALTER TABLE webhook_deliveries DROP COLUMN url")
    op.execute("ALTER TABLE webhook_endpoints DROP COLUMN is_callback")
    op.execute("ALTER TABLE jobs DROP COLUMN progress, DROP COLUMN progress_at")
    op.execute("DROP TABLE sweeps")
