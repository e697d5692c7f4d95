"""Who must not be processed: keyed digests, and what is known of why and since when.

Not an account's data: a digest of scope nil holds for all of the installation, and every process
holds all of them. So there is no `account_id`, but the scope.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, Table, Uuid
from sqlalchemy import text as written

from roleferry_enrich.storage.columns import metadata, moment, text

suppressions = Table(
    "suppressions",
    metadata,
    Column("scope", Uuid, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    # One addition's digests. Two additions may name one person: each is released for itself.
    Column("entry_id", Uuid, primary_key=True),
    text("kind"),
    text("reason"),
    text("source"),
    # What the source calls it, such as a work item of a deletion list.
    text("reference", nullable=True),
    moment("added_at", now=True),
    moment("released_at", nullable=True),
    # Of the list when this row last changed: by it processes read what is new.
    Column("version", BigInteger, nullable=False),
    Index(None, "version"),
    Index(None, "scope", "entry_id"),
    Index(
        "ix_suppressions_reference",
        "source",
        "reference",
        postgresql_where=written("reference IS NOT NULL"),
    ),
)

# One row. Whoever changes the list holds it until the commit, so that versions come in order.
suppression_state = Table(
    "suppression_state",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default="true"),
    Column("version", BigInteger, nullable=False, server_default="0"),
    # Of the secret under which the digests were made; null while there are none.
    Column("key_id", LargeBinary),
    CheckConstraint("is_only", name="only"),
)
