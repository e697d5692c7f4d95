"""Outgoing webhooks: endpoints, deliveries and their attempts."""

from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None

_ENDPOINTS = """
    CREATE TABLE webhook_endpoints (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        url text NOT NULL,
        description text,
        events text[] NOT NULL,
        secret bytea NOT NULL,
        old_secret bytea,
        old_secret_until timestamptz,
        created_at timestamptz DEFAULT now() NOT NULL,
        disabled_at timestamptz,
        disabled_by text,
        failing_since timestamptz,
        paused_until timestamptz,
        CONSTRAINT pk_webhook_endpoints PRIMARY KEY (account_id, id),
        CONSTRAINT fk_webhook_endpoints_account_id_accounts
            FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
    )
"""
_DELIVERIES = """
    CREATE TABLE webhook_deliveries (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        event_id uuid NOT NULL,
        event text NOT NULL,
        body bytea NOT NULL,
        state text NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        due_at timestamptz NOT NULL,
        leased_until timestamptz,
        epoch bigint DEFAULT 0 NOT NULL,
        tries integer DEFAULT 0 NOT NULL,
        sent integer DEFAULT 0 NOT NULL,
        CONSTRAINT pk_webhook_deliveries PRIMARY KEY (account_id, id),
        CONSTRAINT fk_webhook_deliveries_account_id_accounts
            FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
        CONSTRAINT fk_webhook_deliveries_account_id_endpoint_id_webhook_endpoints
            FOREIGN KEY (account_id, endpoint_id)
            REFERENCES webhook_endpoints (account_id, id) ON DELETE CASCADE
    )
"""
_ATTEMPTS = """
    CREATE TABLE webhook_attempts (
        account_id uuid NOT NULL,
        delivery_id uuid NOT NULL,
        number integer NOT NULL,
        sent_at timestamptz NOT NULL,
        duration interval NOT NULL,
        status integer,
        failure text,
        CONSTRAINT pk_webhook_attempts PRIMARY KEY (account_id, delivery_id, number),
        CONSTRAINT fk_webhook_attempts_account_id_delivery_id_webhook_deliveries
            FOREIGN KEY (account_id, delivery_id)
            REFERENCES webhook_deliveries (account_id, id) ON DELETE CASCADE
    )
"""
_UNIQUE = """
    CREATE UNIQUE INDEX uq_webhook_deliveries_event
    ON webhook_deliveries (account_id, endpoint_id, event_id)
"""
_DUE = """
    CREATE INDEX ix_webhook_deliveries_due
    ON webhook_deliveries (account_id, endpoint_id, due_at) WHERE state = 'waiting'
"""
_LOG = """
    CREATE INDEX ix_webhook_deliveries_log
    ON webhook_deliveries (account_id, endpoint_id, created_at, id)
"""
_LEASED = """
    CREATE INDEX ix_webhook_deliveries_leased
    ON webhook_deliveries (leased_until) WHERE state = 'waiting'
"""
_AGE = "CREATE INDEX ix_webhook_deliveries_created_at ON webhook_deliveries (created_at)"
_INDEXES = (_UNIQUE, _DUE, _LOG, _LEASED, _AGE)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for statement in (_ENDPOINTS, _DELIVERIES, _ATTEMPTS, *_INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints"):
        op.execute(f"DROP TABLE {table}")
