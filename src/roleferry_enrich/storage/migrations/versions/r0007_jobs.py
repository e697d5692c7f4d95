"""Batch jobs and their items, which workers lease."""

from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE jobs (
            account_id uuid NOT NULL,
            id uuid NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            priority smallint NOT NULL,
            max_cost bigint,
            callback_url text,
            total integer NOT NULL,
            refused integer NOT NULL,
            faults jsonb NOT NULL,
            columns jsonb,
            idempotency_key text,
            digest bytea NOT NULL,
            cancelled_at timestamptz,
            finished_at timestamptz,
            CONSTRAINT pk_jobs PRIMARY KEY (account_id, id),
            CONSTRAINT fk_jobs_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE INDEX ix_jobs_account_id_created_at_id ON jobs (account_id, created_at, id)
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_jobs_account_id_idempotency_key
            ON jobs (account_id, idempotency_key)
    """)
    op.execute("CREATE INDEX ix_jobs_unfinished ON jobs (account_id, id) WHERE finished_at IS NULL")
    _create_items()


def _create_items() -> None:
    op.execute("""
        CREATE TABLE job_items (
            account_id uuid NOT NULL,
            job_id uuid NOT NULL,
            number integer NOT NULL,
            reference text,
            request jsonb NOT NULL,
            state text DEFAULT 'queued' NOT NULL,
            reason text,
            next_at timestamptz DEFAULT now() NOT NULL,
            epoch integer DEFAULT 0 NOT NULL,
            lease_until timestamptz,
            deaths smallint DEFAULT 0 NOT NULL,
            delays smallint DEFAULT 0 NOT NULL,
            tries uuid[] DEFAULT '{}' NOT NULL,
            enrichment_id uuid,
            held bigint DEFAULT 0 NOT NULL,
            cost bigint DEFAULT 0 NOT NULL,
            cache_hits integer DEFAULT 0 NOT NULL,
            settled_at timestamptz,
            CONSTRAINT pk_job_items PRIMARY KEY (account_id, job_id, number),
            CONSTRAINT fk_job_items_account_id_job_id_jobs
                FOREIGN KEY (account_id, job_id)
                REFERENCES jobs (account_id, id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE INDEX ix_job_items_queued ON job_items (account_id, job_id, number)
            WHERE state = 'queued'
    """)
    op.execute("""
        CREATE INDEX ix_job_items_suspects ON job_items (account_id, job_id)
            WHERE state = 'queued' AND deaths >= 2
    """)
    op.execute("""
        CREATE INDEX ix_job_items_running ON job_items (lease_until) WHERE state = 'running'
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE job_items")
    op.execute("DROP TABLE jobs")
