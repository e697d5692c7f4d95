"""What is left of what a provider sold us."""

from datetime import datetime
from enum import StrEnum

from roleferry_enrich.domain.values import dataclass


class QuotaUnit(StrEnum):
    CREDITS = "credits"
    """What the provider charges in."""
    REQUESTS = "requests"
    """Calls within the window of a rate limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    remaining: float
    """In `unit`; some providers count halves."""
    limit: float | None = None
    """What there was at the beginning of the period."""
    unit: QuotaUnit = QuotaUnit.CREDITS
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaTold:
    """A quota with when the provider told it."""

    quota: Quota
    at: datetime
