"""What providers have sent on their own accord, and what that says of mailboxes.

An event is the installation's, as the key is that proved it; what it says of a mailbox is one
account's, as everything is that an answer may show.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from roleferry_enrich.storage.columns import account, metadata, moment
from roleferry_enrich.storage.columns import text as words

_WAITS = text("state = 'waiting'")

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    words("kind"),
    # Whose events take their turns: a message, a payment. Null where order does not matter.
    words("subject", nullable=True),
    moment("occurred_at"),
    moment("received_at", now=True),
    Column("digest", LargeBinary, nullable=False),
    # What the sender may use for one event only.
    Column("nonce", LargeBinary),
    Column("body", LargeBinary, nullable=False),
    words("state"),
    words("effect", nullable=True),
    words("reason", nullable=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    # Counts the leases: whoever was overtaken writes under an old one.
    Column("epoch", Integer, nullable=False, server_default="0"),
    moment("due_at", now=True),
    moment("settled_at", nullable=True),
    Index(None, "provider", "nonce", unique=True),
    Index(None, "received_at"),
    Index("ix_webhook_events_due", "due_at", postgresql_where=_WAITS),
    Index("ix_webhook_events_dead", "received_at", postgresql_where=text("state = 'dead'")),
    Index("ix_webhook_events_turn", "provider", "subject", "occurred_at", postgresql_where=_WAITS),
)

mailbox_reports = Table(
    "mailbox_reports",
    metadata,
    account(),
    Column("mailbox", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("id", Uuid, nullable=False),
    words("address"),
    words("deliverability"),
    words("reason"),
    moment("reported_at"),
)
