"""What `GET /providers` says of each provider."""

from datetime import datetime
from typing import Literal

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.domain.health import BreakerState, LimiterState, ProviderStatus
from roleferry_enrich.domain.quotas import QuotaUnit


@with_config(DOCUMENTED)
class KeyState(TypedDict):
    """One of a provider's keys, named by its place in the setting."""

    position: int
    """From 1. The first that is not refused is used."""
    refused_until: datetime | None
    """The provider refused it; it is left alone until then."""


@with_config(DOCUMENTED)
class QuotaState(TypedDict):
    """What is left of what the provider sells."""

    remaining: float
    limit: float | None
    """What there was at the beginning of the period."""
    unit: QuotaUnit
    """`credits`, or `requests` of the rate limit where the provider tells no more."""
    resets_at: datetime | None
    told_at: datetime
    """When the provider said so."""


@with_config(DOCUMENTED)
class ProviderState(TypedDict):
    """How one provider is doing."""

    name: str
    status: ProviderStatus
    enabled: bool
    breaker: BreakerState
    quarantined_until: datetime | None
    """Left alone until then, because it refused our keys or has no quota left."""
    quarantine_reason: str | None
    """`unauthorised` or `quota_spent`."""
    limiter: LimiterState
    keys: list[KeyState]
    quota: QuotaState | None
    """Null where nobody was told of late."""


@with_config(DOCUMENTED)
class LimitData(TypedDict):
    """So many calls in any such period."""

    lane: str | None
    """Calls that are counted apart; null is all others."""
    permits: int
    period_s: float


@with_config(DOCUMENTED)
class CapabilityData(TypedDict):
    """One thing a provider can be asked."""

    capability: str
    needs: list[list[str]]
    """Alternatives, the best first: all fields of any one are enough."""
    hints: list[str]
    """Passed on where known."""
    gives: list[str]
    credits: int
    """What one ask usually costs; 0 is free."""
    price_usd: float
    fresh_for_s: float
    """How long an answer is served from memory."""


@with_config(DOCUMENTED)
class ProviderData(TypedDict):
    """One provider: what it can do, at what price, and how it is now."""

    name: str
    """As in `providers.include` of a request."""
    title: str
    docs: str
    needs_key: bool
    credit_price_usd: float
    limits: list[LimitData]
    quota_told_by: Literal["usage", "headers"] | None
    """Asked for nothing, read off every reply, or not told at all."""
    capabilities: list[CapabilityData]
    notes: list[str]
    """Terms, gaps, closed sign-up."""
    state: ProviderState


@with_config(DOCUMENTED)
class ProviderList(TypedDict):
    """Every provider, by name."""

    providers: list[ProviderData]
