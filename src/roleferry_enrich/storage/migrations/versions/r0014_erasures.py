"""What was erased, and who was told that we have their data."""

from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE erasures (
            id uuid NOT NULL,
            scope uuid NOT NULL,
            requested_at timestamptz NOT NULL,
            done_at timestamptz,
            counts jsonb NOT NULL,
            sought bytea,
            due_at timestamptz,
            CONSTRAINT pk_erasures PRIMARY KEY (id)
        )
    """)
    op.execute("CREATE INDEX ix_erasures_due ON erasures (due_at) WHERE due_at IS NOT NULL")
    op.execute("""
        CREATE INDEX ix_erasures_scope_requested_at_id ON erasures (scope, requested_at, id)
    """)
    op.execute("""
        CREATE TABLE notices (
            account_id uuid NOT NULL,
            person_id uuid NOT NULL,
            told_at timestamptz NOT NULL,
            how text NOT NULL,
            CONSTRAINT pk_notices PRIMARY KEY (account_id, person_id),
            CONSTRAINT fk_notices_account_id_people
                FOREIGN KEY (account_id, person_id)
                REFERENCES people (account_id, id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE notices")
    op.execute("DROP TABLE erasures")
