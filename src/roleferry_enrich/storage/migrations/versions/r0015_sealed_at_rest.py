"""A key for each subject, and digests in place of the values by which people are found.

The digests are made here, in one transaction, because no lookup may miss who is stored already.
The values themselves are sealed row by row afterwards (`roleferry-enrich sealing rotate`), and
are read in clear until then.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import context, op

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.at_rest import AtRest

revision = "r0015"
down_revision = "r0014"
branch_labels = None
depends_on = None

_AT_ONCE = 10_000
_FOUND_BY_VALUE = ("contact_points", "identities", "opt_outs", "mailbox_reports")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(f"LOCK TABLE {', '.join(_FOUND_BY_VALUE)}")
    op.execute("""
        CREATE TABLE subject_keys (
            account_id uuid NOT NULL,
            subject_id uuid NOT NULL,
            wrapped bytea NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT pk_subject_keys PRIMARY KEY (account_id, subject_id),
            CONSTRAINT fk_subject_keys_account_id_accounts
                FOREIGN KEY (account_id)
                REFERENCES accounts (id) ON DELETE CASCADE
        )
    """)
    op.execute("ALTER TABLE contact_points ADD COLUMN digest text")
    _digest()
    op.execute("""
        ALTER TABLE contact_points
            ALTER COLUMN digest SET NOT NULL,
            DROP CONSTRAINT pk_contact_points,
            ADD CONSTRAINT pk_contact_points PRIMARY KEY (account_id, person_id, kind, digest)
    """)
    op.execute("DROP INDEX ix_contact_points_account_id_kind_value")
    op.execute("""
        CREATE INDEX ix_contact_points_account_id_kind_digest
        ON contact_points (account_id, kind, digest)
    """)


def downgrade() -> None:
    if any(_has_rows(table) for table in (*_FOUND_BY_VALUE, "subject_keys")):
        raise ConfigurationError(
            "what is sealed cannot be brought back to what it was: restore a backup from before"
        )
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP INDEX ix_contact_points_account_id_kind_digest")
    op.execute("""
        ALTER TABLE contact_points
            DROP CONSTRAINT pk_contact_points,
            ADD CONSTRAINT pk_contact_points PRIMARY KEY (account_id, person_id, kind, value),
            DROP COLUMN digest
    """)
    op.execute("""
        CREATE INDEX ix_contact_points_account_id_kind_value
        ON contact_points (account_id, kind, value)
    """)
    op.execute("DROP TABLE subject_keys")


def _digest() -> None:
    """Of each value once, however many rows have it."""
    op.execute("""
        CREATE TEMPORARY TABLE digests ON COMMIT DROP AS
        SELECT kind, value, row_number() OVER () AS place, NULL::text AS digest
        FROM (
            SELECT kind, value FROM contact_points
            UNION SELECT kind, value FROM identities
            UNION SELECT kind, value FROM opt_outs
            UNION SELECT 'mailbox', mailbox FROM mailbox_reports
        ) AS found
    """)
    op.execute("CREATE INDEX ON digests (place)")
    for places, digests in _blinded():
        op.get_bind().execute(
            sa.text("""
                UPDATE digests SET digest = given.digest
                FROM unnest(CAST(:places AS bigint[]), CAST(:digests AS text[]))
                    AS given (place, digest)
                WHERE digests.place = given.place
            """),
            {"places": places, "digests": digests},
        )
    op.execute("ANALYZE digests")
    for table, column, kind, value in (
        ("contact_points", "digest", "old.kind", "value"),
        ("identities", "value", "old.kind", "value"),
        ("opt_outs", "value", "old.kind", "value"),
        ("mailbox_reports", "mailbox", "'mailbox'", "mailbox"),
    ):
        op.execute(f"""
            UPDATE {table} AS old SET {column} = digests.digest
            FROM digests
            WHERE digests.kind = {kind} AND digests.value = old.{value}
        """)  # noqa: S608 - the names are those above


def _blinded() -> Iterator[tuple[Sequence[int], Sequence[str]]]:
    given = sa.text("""
        SELECT place, kind, value FROM digests WHERE place > :after ORDER BY place LIMIT :most
    """)
    after = 0
    while rows := op.get_bind().execute(given, {"after": after, "most": _AT_ONCE}).all():
        blind = _at_rest().blind
        yield [row.place for row in rows], [blind(row.kind, row.value) for row in rows]
        after = rows[-1].place


def _at_rest() -> AtRest:
    found = context.config.attributes.get("at_rest")
    if not isinstance(found, AtRest):
        raise ConfigurationError(
            "people are stored, and are to be sealed under the keys of this installation: "
            "run `roleferry-enrich migrate` with its settings"
        )
    return found


def _has_rows(table: str) -> bool:
    found = op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT FROM {table})"))  # noqa: S608
    return bool(found)
