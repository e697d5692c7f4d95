"""How the service and each provider are just now, told truthfully also when parts are down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from roleferry_enrich.domain.quotas import QuotaTold


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    """Not asked for now: it failed too often."""
    HALF_OPEN = "half_open"
    """A few trial calls decide whether it is asked again."""


class LimiterState(StrEnum):
    SHARED = "shared"
    """Permits are counted over all processes, in Redis."""
    LOCAL = "local"
    """Redis is away: this process keeps to its own share of the limit."""


class ProviderStatus(StrEnum):
    """In a word; where several hold, the first."""

    OFF = "off"
    """Switched off by a setting."""
    NO_KEY = "no_key"
    QUARANTINED = "quarantined"
    """Refused all our keys or has no quota left."""
    FAILING = "failing"
    """Its breaker is open or tries it out."""
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHealth:
    """One of a provider's keys, by its place in the setting."""

    position: int
    refused_until: datetime | None
    """The provider refused it, and it is left alone until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    name: str
    enabled: bool
    """Not switched off, and with a key where one is needed."""
    breaker: BreakerState
    quarantined_until: datetime | None
    """Refused our keys or has no quota left, and is left alone until then."""
    limiter: LimiterState
    switched_off: bool = False
    quarantine: str | None = None
    """Why, in a word: `unauthorised` or `quota_spent`."""
    keys: tuple[KeyHealth, ...] = ()
    quota: QuotaTold | None = None
    """What was left when it was last told."""

    @property
    def status(self) -> ProviderStatus:
        if self.switched_off:
            return ProviderStatus.OFF
        if not self.enabled:
            return ProviderStatus.NO_KEY
        if self.quarantined_until is not None:
            return ProviderStatus.QUARANTINED
        if self.breaker is not BreakerState.CLOSED:
            return ProviderStatus.FAILING
        return ProviderStatus.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    database: str | None
    """Why PostgreSQL cannot be used; None when it can."""
    redis: str | None
    """Why Redis cannot be used; None when it can."""
    providers: tuple[ProviderHealth, ...] = ()
