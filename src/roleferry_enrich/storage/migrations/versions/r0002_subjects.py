"""Companies and people as merged, and the identities by which they are recognised."""

from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE companies (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        name text,
        domain text,
        company_number text,
        country text,
        fields jsonb NOT NULL,
        confidence float NOT NULL,
        providers text[] NOT NULL,
        workforce jsonb NOT NULL,
        workforce_change jsonb NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_companies PRIMARY KEY (account_id, id),
        CONSTRAINT fk_companies_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE people (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        company_id uuid,
        full_name text,
        words tsvector NOT NULL,
        fields jsonb NOT NULL,
        confidence float NOT NULL,
        providers text[] NOT NULL,
        origins text[] NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_people PRIMARY KEY (account_id, id),
        CONSTRAINT fk_people_account_id_company_id_companies
            FOREIGN KEY (account_id, company_id)
            REFERENCES companies (account_id, id),
        CONSTRAINT fk_people_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE contact_points (
        account_id uuid NOT NULL,
        person_id uuid NOT NULL,
        kind text NOT NULL,
        value text NOT NULL,
        label text NOT NULL,
        confidence float NOT NULL,
        deliverability text NOT NULL,
        sources jsonb NOT NULL,
        first_collected_at timestamptz NOT NULL,
        updated_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_contact_points PRIMARY KEY (account_id, person_id, kind, value),
        CONSTRAINT fk_contact_points_account_id_person_id_people
            FOREIGN KEY (account_id, person_id)
            REFERENCES people (account_id, id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE identities (
        account_id uuid NOT NULL,
        subject text NOT NULL,
        kind text NOT NULL,
        value text NOT NULL,
        subject_id uuid NOT NULL,
        CONSTRAINT pk_identities PRIMARY KEY (account_id, subject, kind, value),
        CONSTRAINT fk_identities_account_id_accounts
            FOREIGN KEY (account_id)
            REFERENCES accounts (id) ON DELETE CASCADE
    )
    """,
)

_INDEXES = """
    CREATE INDEX ix_people_account_id_company_id_created_at_id
        ON people (account_id, company_id, created_at, id);
    CREATE INDEX ix_people_account_id_created_at_id
        ON people (account_id, created_at, id);
    CREATE INDEX ix_people_words
        ON people USING gin (words);
    CREATE INDEX ix_contact_points_account_id_kind_value
        ON contact_points (account_id, kind, value);
    CREATE INDEX ix_contact_points_first_collected_at
        ON contact_points (first_collected_at);
    CREATE INDEX ix_identities_account_id_subject_id
        ON identities (account_id, subject_id)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for statement in (*_TABLES, *_INDEXES.split(";")):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE identities")
    op.execute("DROP TABLE contact_points")
    op.execute("DROP TABLE people")
    op.execute("DROP TABLE companies")
