"""The tables of what accounts may do and have done; see `storage/tables.py` for the rules."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Uuid

from roleferry_enrich.storage.columns import metadata, moment

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
