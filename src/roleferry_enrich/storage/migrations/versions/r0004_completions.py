"""Enrichments that are still owed an answer, by when to ask for it."""

from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE completions (
            account_id uuid NOT NULL,
            enrichment_id uuid NOT NULL,
            due_at timestamptz NOT NULL,
            tries integer DEFAULT 0 NOT NULL,
            CONSTRAINT pk_completions PRIMARY KEY (account_id, enrichment_id),
            CONSTRAINT fk_completions_account_id_enrichment_id_enrichments
                FOREIGN KEY (account_id, enrichment_id)
                REFERENCES enrichments (account_id, id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_completions_due_at ON completions (due_at)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE completions")
