"""The documentation's examples of a provider: Hunter, with one key refused and a quota told."""

from datetime import datetime, timedelta

from roleferry_enrich.api.answers.providers import provider_list, provider_state
from roleferry_enrich.api.schemas.health import ProviderStates
from roleferry_enrich.api.schemas.providers import ProviderList
from roleferry_enrich.domain.health import BreakerState, KeyHealth, LimiterState, ProviderHealth
from roleferry_enrich.domain.quotas import Quota, QuotaTold
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.profile import profile_of


def states(now: datetime) -> ProviderStates:
    return {"providers": [provider_state(_hunter(now))]}


def listed(now: datetime) -> ProviderList:
    return provider_list({"hunter": profile_of(Hunter())}, [_hunter(now)])


def _hunter(now: datetime) -> ProviderHealth:
    quota = Quota(remaining=9_450, limit=10_000, resets_at=now + timedelta(days=12))
    return ProviderHealth(
        name="hunter",
        enabled=True,
        breaker=BreakerState.CLOSED,
        quarantined_until=None,
        limiter=LimiterState.SHARED,
        keys=(
            KeyHealth(position=1, refused_until=now + timedelta(minutes=4)),
            KeyHealth(position=2, refused_until=None),
        ),
        quota=QuotaTold(quota=quota, at=now - timedelta(seconds=11)),
    )
