"""The tables of plans, credits and spending; see `storage/tables.py` for the rules they follow.

None has a foreign key to an enrichment: erasing what was learned keeps what was charged.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from roleferry_enrich.storage.columns import account, json, metadata, moment
from roleferry_enrich.storage.columns import text as words

account_plans = Table(
    "account_plans",
    metadata,
    account(),
    Column("is_metered", Boolean, nullable=False, server_default=text("false")),
    # What is null is as the settings say.
    Column("enrichment_price", Integer),
    Column("cached_price", Integer),
    Column("verification_price", Integer),
    json("field_prices", nullable=True),
    Column("cap_request", BigInteger),
    Column("cap_job", BigInteger),
    Column("cap_day", BigInteger),
    Column("cap_month", BigInteger),
    moment("updated_at", now=True),
    Index(None, "updated_at"),
)

credit_balances = Table(
    "credit_balances",
    metadata,
    account(),
    Column("balance", BigInteger, nullable=False),
    # What there was, reserved or not, after credits last came in; and which time that was.
    Column("granted", BigInteger, nullable=False),
    Column("grants", Integer, nullable=False),
    # Somebody was refused since then.
    Column("is_refused", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("balance >= 0", name="never_below_zero"),
)

# Written by the statements in `storage/sql`; a trigger refuses changes.
credit_ledger = Table(
    "credit_ledger",
    metadata,
    account(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    words("kind"),
    Column("amount", BigInteger, nullable=False),
    Column("charged", BigInteger, nullable=False, server_default="0"),
    Column("balance", BigInteger, nullable=False),
    Column("charge_id", Uuid),
    words("note", nullable=True),
    moment("at", now=True),
)

credit_charges = Table(
    "credit_charges",
    metadata,
    account(),
    Column("id", Uuid, primary_key=True),
    words("key_id", nullable=True),
    moment("begun_at", now=True),
    Column("held", BigInteger, nullable=False),
    Column("charged", BigInteger, nullable=False, server_default="0"),
    json("parts"),
    # A reservation whose process died goes back then.
    moment("lease_until"),
    # What the last settlement moved, told to the rest of its statement.
    Column("moved", BigInteger, nullable=False, server_default="0"),
    Column("returned", BigInteger, nullable=False, server_default="0"),
    Index(None, "account_id", "begun_at"),
    Index("ix_credit_charges_held", "lease_until", postgresql_where=text("held > 0")),
)

# Money paid to providers, calls under way in full; kept only where a cap needs it.
spending = Table(
    "spending",
    metadata,
    account(),
    Column("day", Date, primary_key=True),
    Column("spent", BigInteger, nullable=False),
    # The cap that refused somebody last: day or month.
    words("refused_by", nullable=True),
)

usage_alerts = Table(
    "usage_alerts",
    metadata,
    account(),
    Column("limit", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("percent", SmallInteger, primary_key=True),
    moment("told_at", now=True),
)

enrichment_usage = Table(
    "enrichment_usage",
    metadata,
    account(),
    Column("enrichment_id", Uuid, primary_key=True),
    words("key_id", nullable=True),
    moment("asked_at"),
    words("goal"),
    words("status"),
    Column("is_cached", Boolean, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Index(None, "account_id", "asked_at"),
)
