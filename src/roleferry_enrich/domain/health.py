"""How the service and each provider are just now, told truthfully also when parts are down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    name: str
    enabled: bool
    breaker: BreakerState
    quarantined_until: datetime | None
    """Refused our key or has no quota left, and is left alone until then."""
    limiter: LimiterState


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    database: str | None
    """Why PostgreSQL cannot be used; None when it can."""
    redis: str | None
    """Why Redis cannot be used; None when it can."""
    providers: tuple[ProviderHealth, ...] = ()
