"""Enrichments, what each provider was asked, cost and said, and what it changed."""

from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE enrichments (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        goal text NOT NULL,
        status text NOT NULL,
        request jsonb NOT NULL,
        result jsonb NOT NULL,
        cost bigint NOT NULL,
        started_at timestamptz NOT NULL,
        answered_at timestamptz NOT NULL,
        completed_at timestamptz DEFAULT now() NOT NULL,
        person_id uuid,
        company_id uuid,
        CONSTRAINT pk_enrichments PRIMARY KEY (account_id, id),
        CONSTRAINT fk_enrichments_account_id_person_id_people
            FOREIGN KEY (account_id, person_id)
            REFERENCES people (account_id, id),
        CONSTRAINT fk_enrichments_account_id_company_id_companies
            FOREIGN KEY (account_id, company_id)
            REFERENCES companies (account_id, id),
        CONSTRAINT fk_enrichments_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE conversations (
        account_id uuid NOT NULL,
        enrichment_id uuid NOT NULL,
        id uuid NOT NULL,
        provider text NOT NULL,
        capability text NOT NULL,
        outcome text NOT NULL,
        reason text,
        cached text,
        latency interval NOT NULL,
        calls integer NOT NULL,
        cost bigint NOT NULL,
        records integer NOT NULL,
        answered_at timestamptz NOT NULL,
        CONSTRAINT pk_conversations PRIMARY KEY (account_id, enrichment_id, id),
        CONSTRAINT fk_conversations_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE provider_calls (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        enrichment_id uuid NOT NULL,
        conversation uuid NOT NULL,
        provider text NOT NULL,
        capability text NOT NULL,
        attempt integer NOT NULL,
        status integer,
        outcome text NOT NULL,
        cost bigint NOT NULL,
        sent_at timestamptz NOT NULL,
        latency interval NOT NULL,
        permit_wait interval NOT NULL,
        CONSTRAINT pk_provider_calls PRIMARY KEY (account_id, id),
        CONSTRAINT fk_provider_calls_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE observations (
        account_id uuid NOT NULL,
        enrichment_id uuid NOT NULL,
        conversation uuid NOT NULL,
        ordinal integer NOT NULL,
        provider text NOT NULL,
        capability text NOT NULL,
        origin text NOT NULL,
        kind text NOT NULL,
        claim jsonb NOT NULL,
        observed_at timestamptz NOT NULL,
        as_of date NOT NULL,
        cached boolean NOT NULL,
        person_id uuid,
        company_id uuid,
        CONSTRAINT pk_observations PRIMARY KEY (account_id, enrichment_id, conversation, ordinal),
        CONSTRAINT fk_observations_account_id_enrichment_id_enrichments
            FOREIGN KEY (account_id, enrichment_id)
            REFERENCES enrichments (account_id, id) ON DELETE CASCADE,
        CONSTRAINT fk_observations_account_id_person_id_people
            FOREIGN KEY (account_id, person_id)
            REFERENCES people (account_id, id) ON DELETE CASCADE,
        CONSTRAINT fk_observations_account_id_company_id_companies
            FOREIGN KEY (account_id, company_id)
            REFERENCES companies (account_id, id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE field_history (
        account_id uuid NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        subject text NOT NULL,
        subject_id uuid NOT NULL,
        field text NOT NULL,
        "old" jsonb,
        "new" jsonb,
        enrichment_id uuid NOT NULL,
        changed_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_field_history PRIMARY KEY (account_id, id),
        CONSTRAINT fk_field_history_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
)

_INDEXES = """
    CREATE INDEX ix_enrichments_account_id_company_id
        ON enrichments (account_id, company_id);
    CREATE INDEX ix_enrichments_account_id_person_id
        ON enrichments (account_id, person_id);
    CREATE INDEX ix_enrichments_account_id_started_at_id
        ON enrichments (account_id, started_at, id);
    CREATE INDEX ix_conversations_account_id_answered_at
        ON conversations (account_id, answered_at);
    CREATE INDEX ix_provider_calls_account_id_enrichment_id
        ON provider_calls (account_id, enrichment_id);
    CREATE INDEX ix_provider_calls_account_id_sent_at
        ON provider_calls (account_id, sent_at);
    CREATE INDEX ix_observations_account_id_company_id
        ON observations (account_id, company_id);
    CREATE INDEX ix_observations_account_id_person_id
        ON observations (account_id, person_id);
    CREATE INDEX ix_field_history_account_id_subject_id_id
        ON field_history (account_id, subject_id, id)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for statement in (*_TABLES, *_INDEXES.split(";")):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE field_history")
    op.execute("DROP TABLE observations")
    op.execute("DROP TABLE provider_calls")
    op.execute("DROP TABLE conversations")
    op.execute("DROP TABLE enrichments")
