"""Providers as the API tells of them: what they can do, and how they are now."""

from collections.abc import Iterable, Mapping
from typing import Literal, cast

from roleferry_enrich.api.schemas.providers import (
    CapabilityData,
    LimitData,
    ProviderData,
    ProviderList,
    ProviderState,
    QuotaState,
)
from roleferry_enrich.domain.health import ProviderHealth
from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.providers.contract import Offer
from roleferry_enrich.providers.profile import Limit, Profile

_MICRO = 1_000_000


def provider_list(
    profiles: Mapping[str, Profile], healths: Iterable[ProviderHealth]
) -> ProviderList:
    return {"providers": [_provider(profiles[health.name], health) for health in healths]}


def provider_state(health: ProviderHealth) -> ProviderState:
    return {
        "name": health.name,
        "status": health.status,
        "enabled": health.enabled,
        "breaker": health.breaker,
        "quarantined_until": health.quarantined_until,
        "quarantine_reason": health.quarantine,
        "limiter": health.limiter,
        "keys": [
            {"position": key.position, "refused_until": key.refused_until} for key in health.keys
        ],
        "quota": None if health.quota is None else _quota(health.quota),
    }


def _quota(told: QuotaTold) -> QuotaState:
    quota = told.quota
    return {
        "remaining": quota.remaining,
        "limit": quota.limit,
        "unit": quota.unit,
        "resets_at": quota.resets_at,
        "told_at": told.at,
    }


def _provider(profile: Profile, health: ProviderHealth) -> ProviderData:
    return {
        "name": profile.name,
        "title": profile.title,
        "docs": profile.docs,
        "needs_key": profile.needs_key,
        "credit_price_usd": profile.credit_price / _MICRO,
        "limits": [_limit(limit) for limit in profile.limits],
        "quota_told_by": cast("Literal['usage', 'headers'] | None", profile.quota_told_by),
        "capabilities": [_capability(profile, offer) for offer in profile.offers],
        "notes": list(profile.notes),
        "state": provider_state(health),
    }


def _limit(limit: Limit) -> LimitData:
    return {
        "lane": limit.lane,
        "permits": limit.permits,
        "period_s": limit.period.total_seconds(),
    }


def _capability(profile: Profile, offer: Offer) -> CapabilityData:
    return {
        "capability": offer.capability,
        "needs": [sorted(alternative) for alternative in offer.needs],
        "hints": sorted(offer.hints),
        "gives": sorted(offer.gives),
        "credits": offer.credits,
        "price_usd": profile.price(offer) / _MICRO,
        "fresh_for_s": offer.fresh_for.total_seconds(),
    }
