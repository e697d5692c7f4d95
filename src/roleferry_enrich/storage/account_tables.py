"""The tables of what accounts may do and have done; see `storage/tables.py` for the rules."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from roleferry_enrich.storage.columns import account, json, metadata, moment

# Only of accounts whose quota is not the usual one. Null is the usual, 0 no limit.
account_quotas = Table(
    "account_quotas",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("per_minute", BigInteger),
    Column("per_hour", BigInteger),
    Column("per_day", BigInteger),
    moment("updated_at", now=True),
)

# Requests that were given an Idempotency-Key. The enrichment is no foreign key: the answer may be
# kept before the enrichment is, and is erased with it by `storage/idempotency.py`.
idempotent_requests = Table(
    "idempotent_requests",
    metadata,
    account(),
    # Method and route.
    Column("operation", Text, primary_key=True),
    # A digest: people put addresses into keys.
    Column("key", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    moment("created_at", now=True),
    # Who does it, and until when nobody else may.
    Column("claim", Uuid, nullable=False),
    moment("claimed_until"),
    moment("answered_at", nullable=True),
    Column("status", SmallInteger),
    json("headers", nullable=True),
    # Sealed.
    Column("body", LargeBinary),
    Column("enrichment_id", Uuid),
    # Digests of whom the answer is about.
    Column("subjects", ARRAY(LargeBinary), nullable=False, server_default=text("'{}'")),
    Index(None, "created_at"),
    Index("ix_idempotent_requests_subjects", "subjects", postgresql_using="gin"),
    Index(
        "ix_idempotent_requests_account_id_enrichment_id",
        "account_id",
        "enrichment_id",
        postgresql_where=text("enrichment_id IS NOT NULL"),
    ),
)

# To which is only added: a trigger refuses changes. No foreign key: it outlives whom it is about.
audit_log = Table(
    "audit_log",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    moment("at"),
    Column("key_id", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("resource", Text),
    # Digests of whom was asked for.
    Column("subjects", ARRAY(LargeBinary), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Index(None, "account_id", "at", "id"),
    Index(None, "at"),
)
