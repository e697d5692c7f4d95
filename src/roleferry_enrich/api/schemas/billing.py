"""What an account has, pays and used."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED


@with_config(DOCUMENTED)
class PricesData(TypedDict):
    """In credits, for what is found; what is not found costs nothing."""

    enrichment: int
    """For an enrichment that found anything new."""
    fields: dict[str, int]
    """For each value that it was the first to bring, on top of it."""
    cached: int
    """For an enrichment that found only what was known before."""
    verification: int
    """For an address that a verifier was asked about and could judge."""


@with_config(DOCUMENTED)
class CapsData(TypedDict):
    """The most that providers may be paid for the account; null is no cap."""

    request_usd: float | None
    job_usd: float | None
    day_usd: float | None
    """From midnight to midnight, UTC."""
    month_usd: float | None


@with_config(DOCUMENTED)
class LedgerEntryData(TypedDict):
    """What changed the balance, or charged what was held."""

    id: int
    kind: Literal["grant", "reserve", "settle", "release", "adjustment"]
    """`reserve` takes out the most that may be charged, `settle` charges part of it, `release`
    gives the rest back."""
    amount: int
    """By which the balance changed."""
    charged: int
    balance: int
    """After it."""
    enrichment_id: UUID | None
    """What it was for: an enrichment or a list of addresses."""
    note: str | None
    at: datetime


@with_config(DOCUMENTED)
class CreditsData(TypedDict):
    """An account's credits, and a page of its ledger, the newest first."""

    metered: bool
    """Whether the account pays in credits."""
    balance: int | None
    """What may be spent; the sum of all amounts in the ledger. Null where it is not metered."""
    held: int | None
    """Reserved for what is under way; not in the balance."""
    charged: int | None
    """Since ever."""
    prices: PricesData
    caps: CapsData
    items: list[LedgerEntryData]
    next: str | None
    """What to pass as `after` for the next page."""


@with_config(DOCUMENTED)
class UsageLineData(TypedDict):
    """What was used of one value, or in all."""

    value: str | None
    """The day, provider, field or id of an API key; null where no key asked, and of the total."""
    enrichments: int
    """Of a field, those that have a value for it."""
    cached: int
    """Of these, those that found only what was known before."""
    calls: int
    """To providers."""
    cost_usd: float
    """What providers are paid for them."""
    credits: int
    """Charged. Of a field, for it; `enrichment`, `cached` and `verification` are told with the
    fields."""
    revenue_usd: float | None
    """What these credits are sold for; null where the operator has not said what one is."""
    margin_usd: float | None
    """What is left of it when the providers are paid."""


@with_config(DOCUMENTED)
class UsageData(TypedDict):
    """What an account used in some days."""

    since: date
    until: date
    """The last day; UTC."""
    total: UsageLineData
    days: list[UsageLineData]
    providers: list[UsageLineData]
    fields: list[UsageLineData]
    keys: list[UsageLineData]
