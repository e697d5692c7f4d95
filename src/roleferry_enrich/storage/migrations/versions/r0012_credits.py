"""Plans, credits, spending and usage of accounts."""

from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

_OWNER = "FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _create_plans()
    _create_balances()
    _create_ledger()
    _create_charges()
    _create_spending()
    op.execute("ALTER TABLE jobs ADD COLUMN key_id text")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE jobs DROP COLUMN key_id")
    for table in (
        "enrichment_usage",
        "usage_alerts",
        "spending",
        "credit_charges",
        "credit_ledger",
        "credit_balances",
        "account_plans",
    ):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_change_of_ledger")


def _create_plans() -> None:
    op.execute(f"""
        CREATE TABLE account_plans (
            account_id uuid NOT NULL,
            is_metered boolean DEFAULT false NOT NULL,
            enrichment_price integer,
            cached_price integer,
            verification_price integer,
            field_prices jsonb,
            cap_request bigint,
            cap_job bigint,
            cap_day bigint,
            cap_month bigint,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_account_plans PRIMARY KEY (account_id),
            CONSTRAINT fk_account_plans_account_id_accounts {_OWNER}
        )
    """)
    op.execute("CREATE INDEX ix_account_plans_updated_at ON account_plans (updated_at)")


def _create_balances() -> None:
    op.execute(f"""
        CREATE TABLE credit_balances (
            account_id uuid NOT NULL,
            balance bigint NOT NULL,
            granted bigint NOT NULL,
            grants integer NOT NULL,
            is_refused boolean DEFAULT false NOT NULL,
            CONSTRAINT pk_credit_balances PRIMARY KEY (account_id),
            CONSTRAINT fk_credit_balances_account_id_accounts {_OWNER},
            CONSTRAINT ck_credit_balances_never_below_zero CHECK (balance >= 0)
        )
    """)


def _create_ledger() -> None:
    op.execute(f"""
        CREATE TABLE credit_ledger (
            account_id uuid NOT NULL,
            id bigint GENERATED ALWAYS AS IDENTITY,
            kind text NOT NULL,
            amount bigint NOT NULL,
            charged bigint DEFAULT 0 NOT NULL,
            balance bigint NOT NULL,
            charge_id uuid,
            note text,
            at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_credit_ledger PRIMARY KEY (account_id, id),
            CONSTRAINT fk_credit_ledger_account_id_accounts {_OWNER}
        )
    """)
    # Rows go with their account alone, which is gone by then.
    op.execute("""
        CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND NOT EXISTS (
                SELECT FROM accounts WHERE accounts.id = OLD.account_id
            ) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'the ledger is only added to';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON credit_ledger
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()
    """)


def _create_charges() -> None:
    op.execute(f"""
        CREATE TABLE credit_charges (
            account_id uuid NOT NULL,
            id uuid NOT NULL,
            key_id text,
            begun_at timestamptz DEFAULT now() NOT NULL,
            held bigint NOT NULL,
            charged bigint DEFAULT 0 NOT NULL,
            parts jsonb NOT NULL,
            lease_until timestamptz NOT NULL,
            moved bigint DEFAULT 0 NOT NULL,
            returned bigint DEFAULT 0 NOT NULL,
            CONSTRAINT pk_credit_charges PRIMARY KEY (account_id, id),
            CONSTRAINT fk_credit_charges_account_id_accounts {_OWNER}
        )
    """)
    op.execute("""
        CREATE INDEX ix_credit_charges_account_id_begun_at ON credit_charges (account_id, begun_at)
    """)
    op.execute("""
        CREATE INDEX ix_credit_charges_held ON credit_charges (lease_until) WHERE held > 0
    """)


def _create_spending() -> None:
    op.execute(f"""
        CREATE TABLE spending (
            account_id uuid NOT NULL,
            day date NOT NULL,
            spent bigint NOT NULL,
            refused_by text,
            CONSTRAINT pk_spending PRIMARY KEY (account_id, day),
            CONSTRAINT fk_spending_account_id_accounts {_OWNER}
        )
    """)
    op.execute(f"""
        CREATE TABLE usage_alerts (
            account_id uuid NOT NULL,
            "limit" text NOT NULL,
            period text NOT NULL,
            percent smallint NOT NULL,
            told_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_usage_alerts PRIMARY KEY (account_id, "limit", period, percent),
            CONSTRAINT fk_usage_alerts_account_id_accounts {_OWNER}
        )
    """)
    op.execute(f"""
        CREATE TABLE enrichment_usage (
            account_id uuid NOT NULL,
            enrichment_id uuid NOT NULL,
            key_id text,
            asked_at timestamptz NOT NULL,
            goal text NOT NULL,
            status text NOT NULL,
            is_cached boolean NOT NULL,
            fields text[] NOT NULL,
            CONSTRAINT pk_enrichment_usage PRIMARY KEY (account_id, enrichment_id),
            CONSTRAINT fk_enrichment_usage_account_id_accounts {_OWNER}
        )
    """)
    op.execute("""
        CREATE INDEX ix_enrichment_usage_account_id_asked_at
        ON enrichment_usage (account_id, asked_at)
    """)
