"""The tables of outgoing webhooks: who is told, what is on its way, and each time it was sent."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy import text as literal
from sqlalchemy.dialects.postgresql import ARRAY

from roleferry_enrich.storage.columns import account, metadata, moment, text, within_account

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    account(),
    Column("id", Uuid, primary_key=True),
    text("url"),
    text("description", nullable=True),
    Column("events", ARRAY(Text), nullable=False),
    # Sealed; the one before it goes on signing for a while.
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    moment("old_secret_until", nullable=True),
    moment("created_at", now=True),
    moment("disabled_at", nullable=True),
    text("disabled_by", nullable=True),
    moment("failing_since", nullable=True),
    # It asked to be left alone until then.
    moment("paused_until", nullable=True),
    # Of an account the one whose messages each have a URL of their own.
    Column("is_callback", Boolean, nullable=False, server_default=false()),
    Index(
        "uq_webhook_endpoints_callback",
        "account_id",
        unique=True,
        postgresql_where=literal("is_callback"),
    ),
)

_WAITING = literal("state = 'waiting'")

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    account(),
    Column("id", Uuid, primary_key=True),
    Column("endpoint_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    text("event"),
    # Where it goes, if not to the URL of its endpoint.
    text("url", nullable=True),
    # As it is signed and sent: the same bytes each time.
    Column("body", LargeBinary, nullable=False),
    text("state"),
    moment("created_at", now=True),
    # While it is being sent: when the lease ends.
    moment("due_at"),
    moment("leased_until", nullable=True),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    # How far the plan of retries has come; a replay begins it anew, the log goes on counting.
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("sent", Integer, nullable=False, server_default="0"),
    within_account("endpoint_id", "webhook_endpoints", "CASCADE"),
    # An event that is announced again is not another message.
    Index(
        "uq_webhook_deliveries_event",
        "account_id",
        "endpoint_id",
        "event_id",
        unique=True,
    ),
    Index(
        "ix_webhook_deliveries_due",
        "account_id",
        "endpoint_id",
        "due_at",
        postgresql_where=_WAITING,
    ),
    Index(
        "ix_webhook_deliveries_log",
        "account_id",
        "endpoint_id",
        "created_at",
        "id",
    ),
    Index("ix_webhook_deliveries_leased", "leased_until", postgresql_where=_WAITING),
    Index(None, "created_at"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("delivery_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    moment("sent_at"),
    Column("duration", Interval, nullable=False),
    Column("status", Integer),
    text("failure", nullable=True),
    ForeignKeyConstraint(
        ["account_id", "delivery_id"],
        ["webhook_deliveries.account_id", "webhook_deliveries.id"],
        ondelete="CASCADE",
    ),
)
