"""The schema as PostgreSQL holds it; migrations are checked against it, repositories query it.

Every table of an account's data has `account_id` first in its primary key and in every foreign
key, so that one account's row can neither be reached nor pointed at from another's.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from roleferry_enrich.storage.columns import account as _account
from roleferry_enrich.storage.columns import json as _json
from roleferry_enrich.storage.columns import metadata
from roleferry_enrich.storage.columns import moment as _moment
from roleferry_enrich.storage.columns import text as _text
from roleferry_enrich.storage.columns import within_account as _within_account

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    _text("name"),
    _moment("created_at", now=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    _account(key=False),
    _text("name"),
    _text("mode"),
    Column("digest", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    _moment("created_at", now=True),
    _moment("expires_at", nullable=True),
    _moment("revoked_at", nullable=True),
    # A day, not a moment: enough to find unused keys, and one write a day instead of one a call.
    Column("last_used_on", Date),
    Index(None, "account_id"),
)

companies = Table(
    "companies",
    metadata,
    _account(),
    Column("id", Uuid, primary_key=True),
    _text("name", nullable=True),
    _text("domain", nullable=True),
    _text("company_number", nullable=True),
    _text("country", nullable=True),
    _json("fields"),
    Column("confidence", Float, nullable=False),
    Column("providers", ARRAY(Text), nullable=False),
    _json("workforce"),
    _json("workforce_change"),
    _moment("created_at", now=True),
    _moment("updated_at", now=True),
)

people = Table(
    "people",
    metadata,
    _account(),
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid),
    _text("full_name", nullable=True),
    # The words a search may name. Our own tokens: PostgreSQL's parser keeps "ada@acme.test" whole.
    Column("words", TSVECTOR, nullable=False),
    _json("fields"),
    Column("confidence", Float, nullable=False),
    Column("providers", ARRAY(Text), nullable=False),
    Column("origins", ARRAY(Text), nullable=False),
    # Why they are kept, as the account said when it asked last.
    _text("purpose", nullable=True),
    _text("lawful_basis", nullable=True),
    _moment("created_at", now=True),
    _moment("updated_at", now=True),
    _within_account("company_id", "companies"),
    Index(None, "account_id", "created_at", "id"),
    Index(None, "account_id", "company_id", "created_at", "id"),
    Index(None, "words", postgresql_using="gin"),
)

contact_points = Table(
    "contact_points",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    # Of the value, which is sealed: by this alone a point is found (`storage/at_rest.py`).
    Column("digest", Text, primary_key=True),
    _text("value"),
    _text("label"),
    Column("confidence", Float, nullable=False),
    _text("deliverability"),
    _json("sources"),
    # Expiry counts from here: a refresh must not keep personal data for ever.
    _moment("first_collected_at"),
    _moment("updated_at", now=True),
    _within_account("person_id", "people", "CASCADE"),
    Index(None, "account_id", "kind", "digest"),
    Index(None, "first_collected_at"),
)

# Here and in `opt_outs` the values are digests under a key (`storage/at_rest.py`).
identities = Table(
    "identities",
    metadata,
    _account(),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Index(None, "account_id", "subject_id"),
)

enrichments = Table(
    "enrichments",
    metadata,
    _account(),
    Column("id", Uuid, primary_key=True),
    _text("goal"),
    _text("status"),
    _json("request"),
    _json("result"),
    Column("cost", BigInteger, nullable=False),
    _moment("started_at"),
    _moment("answered_at"),
    # When the fullest version known was recorded; later than answered_at if providers were late.
    _moment("completed_at", now=True),
    Column("person_id", Uuid),
    Column("company_id", Uuid),
    _within_account("person_id", "people"),
    _within_account("company_id", "companies"),
    Index(None, "account_id", "started_at", "id"),
    Index(None, "account_id", "person_id"),
    Index(None, "account_id", "company_id"),
)

# The books: no foreign key to the enrichment, so that erasing what was learned keeps what was paid.
conversations = Table(
    "conversations",
    metadata,
    _account(),
    Column("enrichment_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    _text("provider"),
    _text("capability"),
    _text("outcome"),
    _text("reason", nullable=True),
    _text("cached", nullable=True),
    Column("latency", Interval, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    _moment("answered_at"),
    Index(None, "account_id", "answered_at"),
)

provider_calls = Table(
    "provider_calls",
    metadata,
    _account(),
    Column("id", Uuid, primary_key=True),
    Column("enrichment_id", Uuid, nullable=False),
    Column("conversation", Uuid, nullable=False),
    _text("provider"),
    _text("capability"),
    Column("attempt", Integer, nullable=False),
    Column("status", Integer),
    _text("outcome"),
    Column("cost", BigInteger, nullable=False),
    _moment("sent_at"),
    Column("latency", Interval, nullable=False),
    Column("permit_wait", Interval, nullable=False),
    Index(None, "account_id", "enrichment_id"),
    Index(None, "account_id", "sent_at"),
)

# Keyed by the question and not by the account, as the cache is: equal calls of two accounts are
# one purchase, and `account_id` says who pays. Written by the statements in `storage/sql`.
call_intents = Table(
    "call_intents",
    metadata,
    Column("question", LargeBinary, primary_key=True),
    Column("id", Uuid, nullable=False),
    _account(key=False),
    Column("enrichment_id", Uuid, nullable=False),
    Column("conversation", Uuid, nullable=False),
    _text("provider"),
    _text("capability"),
    Column("attempt", Integer, nullable=False),
    Column("price", BigInteger, nullable=False),
    _moment("noted_at"),
    _moment("settled_at", nullable=True),
    # Under way: when it counts as lost. With a reply: until when that is kept.
    _moment("expires_at"),
    Column("reply", LargeBinary),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)

_SAID_BY = ("provider", "capability", "observed_at")

observations = Table(
    "observations",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("enrichment_id", Uuid, primary_key=True),
    Column("conversation", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    _text("provider"),
    _text("capability"),
    _text("origin"),
    _text("kind"),
    _json("claim"),
    _moment("observed_at"),
    Column("as_of", Date, nullable=False),
    Column("cached", Boolean, nullable=False),
    Column("person_id", Uuid),
    Column("company_id", Uuid),
    _within_account("enrichment_id", "enrichments", "CASCADE"),
    _within_account("person_id", "people", "CASCADE"),
    _within_account("company_id", "companies", "CASCADE"),
    # The newest that each has said about a subject is found in these alone.
    Index("ix_observations_person", "account_id", "person_id", *_SAID_BY),
    Index("ix_observations_company", "account_id", "company_id", *_SAID_BY),
)

# By which keys a person was asked for who, as some provider answered, does not want to be.
opt_outs = Table(
    "opt_outs",
    metadata,
    _account(),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    _moment("noted_at", now=True),
)

completions = Table(
    "completions",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("enrichment_id", Uuid, primary_key=True),
    _moment("due_at"),
    Column("tries", Integer, nullable=False, server_default="0"),
    _within_account("enrichment_id", "enrichments", "CASCADE"),
    Index(None, "due_at"),
)

field_history = Table(
    "field_history",
    metadata,
    _account(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _text("subject"),
    Column("subject_id", Uuid, nullable=False),
    _text("field"),
    _json("old", nullable=True),
    _json("new", nullable=True),
    Column("enrichment_id", Uuid, nullable=False),
    _moment("changed_at", now=True),
    Index(None, "account_id", "subject_id", "id"),
)
