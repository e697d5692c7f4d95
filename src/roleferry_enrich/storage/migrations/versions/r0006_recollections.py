"""The newest word of each provider about a subject from an index, and who opted out."""

from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

_OLD = ("ix_observations_account_id_person_id", "ix_observations_account_id_company_id")
_NEW = ("ix_observations_person", "ix_observations_company")
_SUBJECTS = ("person_id", "company_id")


def upgrade() -> None:
    # First: it commits on the way, and what follows must be undone with the rest if it fails.
    _replace(_OLD, _NEW, ", provider, capability, observed_at")
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("""
        CREATE TABLE opt_outs (
            account_id uuid NOT NULL,
            kind text NOT NULL,
            value text NOT NULL,
            noted_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_opt_outs PRIMARY KEY (account_id, kind, value),
            CONSTRAINT fk_opt_outs_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    _replace(_NEW, _OLD, "")
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP TABLE opt_outs")


def _replace(old: tuple[str, ...], new: tuple[str, ...], columns: str) -> None:
    # The largest table there is: nobody may have to wait until its indexes are built. What an
    # interrupted run has left half built is dropped first.
    with op.get_context().autocommit_block():
        for name, subject in zip(new, _SUBJECTS, strict=True):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON observations (account_id, {subject}{columns})"
            )
        for name in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
