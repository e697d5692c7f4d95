"""Accounts and their API keys."""

from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE accounts (
        id uuid NOT NULL,
        name text NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_accounts PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE api_keys (
        id text NOT NULL,
        account_id uuid NOT NULL,
        name text NOT NULL,
        mode text NOT NULL,
        digest bytea NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_on date,
        CONSTRAINT pk_api_keys PRIMARY KEY (id),
        CONSTRAINT fk_api_keys_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
)

_INDEXES = """
    CREATE INDEX ix_api_keys_account_id
        ON api_keys (account_id)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for statement in (*_TABLES, *_INDEXES.split(";")):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE api_keys")
    op.execute("DROP TABLE accounts")
