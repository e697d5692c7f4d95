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
    _create_idempotent_requests()
    _create_audit_log()


def _create_idempotent_requests() -> None:
    op.execute("""
        CREATE TABLE idempotent_requests (
            account_id uuid NOT NULL,
            operation text NOT NULL,
            key bytea NOT NULL,
            fingerprint bytea NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            claim uuid NOT NULL,
            claimed_until timestamptz NOT NULL,
            answered_at timestamptz,
            status smallint,
            headers jsonb,
            body bytea,
            enrichment_id uuid,
            subjects bytea[] DEFAULT '{}' NOT NULL,
            CONSTRAINT pk_idempotent_requests PRIMARY KEY (account_id, operation, key),
            CONSTRAINT fk_idempotent_requests_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_idempotent_requests_created_at ON idempotent_requests (created_at)")
    op.execute("""
        CREATE INDEX ix_idempotent_requests_account_id_enrichment_id
            ON idempotent_requests (account_id, enrichment_id) WHERE enrichment_id IS NOT NULL
    """)
    op.execute("""
        CREATE INDEX ix_idempotent_requests_subjects ON idempotent_requests USING gin (subjects)
    """)
    # Batches had keys of their own, which are in the one place now.
    op.execute("DROP INDEX uq_jobs_account_id_idempotency_key")
    op.execute("ALTER TABLE jobs DROP COLUMN idempotency_key, DROP COLUMN digest")


def _create_audit_log() -> None:
    op.execute("""
        CREATE TABLE audit_log (
            account_id uuid NOT NULL,
            id uuid NOT NULL,
            at timestamptz NOT NULL,
            key_id text NOT NULL,
            operation text NOT NULL,
            resource text,
            subjects bytea[] NOT NULL,
            status smallint NOT NULL,
            CONSTRAINT pk_audit_log PRIMARY KEY (account_id, id)
        )
    """)
    op.execute("CREATE INDEX ix_audit_log_account_id_at_id ON audit_log (account_id, at, id)")
    op.execute("CREATE INDEX ix_audit_log_at ON audit_log (at)")
    op.execute("""
        CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE'
                AND current_setting('roleferry.audit_retention', true) = 'on'
            THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'the audit log is only added to';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON audit_log
            FOR EACH ROW EXECUTE FUNCTION keep_audit_log()
    """)
    op.execute("""
        CREATE TRIGGER keep_table BEFORE TRUNCATE ON audit_log
            FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log()
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE audit_log")
    op.execute("DROP FUNCTION keep_audit_log")
    op.execute("""
        ALTER TABLE jobs
            ADD COLUMN idempotency_key text,
            ADD COLUMN digest bytea NOT NULL DEFAULT ''
    """)
    op.execute("ALTER TABLE jobs ALTER COLUMN digest DROP DEFAULT")
    op.execute("""
        CREATE UNIQUE INDEX uq_jobs_account_id_idempotency_key
            ON jobs (account_id, idempotency_key)
    """)
    op.execute("DROP TABLE idempotent_requests")
    op.execute("DROP TABLE account_quotas")
