"""Who must not be processed, and why others are."""

from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE suppressions (
            scope uuid NOT NULL,
            digest bytea NOT NULL,
            entry_id uuid NOT NULL,
            kind text NOT NULL,
            reason text NOT NULL,
            source text NOT NULL,
            reference text,
            added_at timestamptz DEFAULT now() NOT NULL,
            released_at timestamptz,
            version bigint NOT NULL,
            CONSTRAINT pk_suppressions PRIMARY KEY (scope, digest, entry_id)
        )
    """)
    op.execute("CREATE INDEX ix_suppressions_version ON suppressions (version)")
    op.execute("CREATE INDEX ix_suppressions_scope_entry_id ON suppressions (scope, entry_id)")
    op.execute("""
        CREATE INDEX ix_suppressions_reference ON suppressions (source, reference)
        WHERE reference IS NOT NULL
    """)
    op.execute("""
        CREATE TABLE suppression_state (
            is_only boolean DEFAULT true NOT NULL,
            version bigint DEFAULT 0 NOT NULL,
            key_id bytea,
            CONSTRAINT pk_suppression_state PRIMARY KEY (is_only),
            CONSTRAINT ck_suppression_state_only CHECK (is_only)
        )
    """)
    op.execute("INSERT INTO suppression_state DEFAULT VALUES")
    op.execute("""
        CREATE TABLE account_handling (
            account_id uuid NOT NULL,
            purpose text,
            lawful_basis text,
            providers_off text[] DEFAULT '{}' NOT NULL,
            changed_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_account_handling PRIMARY KEY (account_id),
            CONSTRAINT fk_account_handling_account_id_accounts
                FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)
    op.execute("ALTER TABLE people ADD COLUMN purpose text, ADD COLUMN lawful_basis text")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE people DROP COLUMN purpose, DROP COLUMN lawful_basis")
    op.execute("DROP TABLE account_handling")
    op.execute("DROP TABLE suppression_state")
    op.execute("DROP TABLE suppressions")
