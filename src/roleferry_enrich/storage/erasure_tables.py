"""The tables of people's rights: what was erased, and who was told that we have their data.

An erasure is known by its scope, which is an account's id or, for all of them, nil.
"""

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, Table, Uuid
from sqlalchemy import text as literal

from roleferry_enrich.storage.columns import json, metadata, moment, text

erasures = Table(
    "erasures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("scope", Uuid, nullable=False),
    moment("requested_at"),
    moment("done_at", nullable=True),
    # Rows by table, of the first pass.
    json("counts"),
    # Whom to look for, sealed, until nothing that was under way can have come in any more.
    Column("sought", LargeBinary),
    moment("due_at", nullable=True),
    Index("ix_erasures_due", "due_at", postgresql_where=literal("due_at IS NOT NULL")),
    Index(None, "scope", "requested_at", "id"),
)

notices = Table(
    "notices",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    moment("told_at"),
    # How: by mail, by letter, or why not.
    text("how"),
    ForeignKeyConstraint(
        ["account_id", "person_id"], ["people.account_id", "people.id"], ondelete="CASCADE"
    ),
)
