"""The tables of batch jobs; see `storage/tables.py` for the rules they follow."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from roleferry_enrich.storage.columns import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("priority", SmallInteger, nullable=False),
    Column("max_cost", BigInteger),
    Column("callback_url", Text),
    # Of the API key that sent it.
    Column("key_id", Text),
    Column("total", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("faults", JSONB(none_as_null=True), nullable=False),
    Column("columns", JSONB(none_as_null=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    # How many tenths of it whoever listens was told of, and when last.
    Column("progress", SmallInteger, nullable=False, server_default="0"),
    Column("progress_at", DateTime(timezone=True)),
    Index(None, "account_id", "created_at", "id"),
    # Few at any time, however many jobs there were.
    Index("ix_jobs_unfinished", "account_id", "id", postgresql_where=text("finished_at IS NULL")),
)

# No foreign key to the enrichment: erasing what was learned must not undo how an item ended.
job_items = Table(
    "job_items",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("job_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reference", Text),
    Column("request", JSONB(none_as_null=True), nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("reason", Text),
    # Not taken before this.
    Column("next_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Goes up with every lease: what is written under an older one is refused.
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("lease_until", DateTime(timezone=True)),
    Column("deaths", SmallInteger, nullable=False, server_default="0"),
    Column("delays", SmallInteger, nullable=False, server_default="0"),
    # The enrichment of each try since it last ended, under which the books have what it cost.
    Column("tries", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("enrichment_id", Uuid),
    # Of the job's `max_cost`, what this item may still spend.
    Column("held", BigInteger, nullable=False, server_default="0"),
    Column("cost", BigInteger, nullable=False, server_default="0"),
    Column("cache_hits", Integer, nullable=False, server_default="0"),
    Column("settled_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["account_id", "job_id"], ["jobs.account_id", "jobs.id"], ondelete="CASCADE"
    ),
    Index(
        "ix_job_items_queued",
        "account_id",
        "job_id",
        "number",
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_job_items_suspects",
        "account_id",
        "job_id",
        postgresql_where=text("state = 'queued' AND deaths >= 2"),
    ),
    Index("ix_job_items_running", "lease_until", postgresql_where=text("state = 'running'")),
)

# Each row is a time in which somebody swept, without a longer silence.
sweeps = Table(
    "sweeps",
    metadata,
    Column("began_at", DateTime(timezone=True), primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)
