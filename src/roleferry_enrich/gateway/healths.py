"""How each provider is just now: what the gates of this process and all processes know."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from roleferry_enrich.domain.health import BreakerState, KeyHealth, LimiterState, ProviderHealth
from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.key_switches import Sentences


async def provider_healths(
    channels: Mapping[str, Channel], gates: Gates, *, limiter: LimiterState, now: datetime
) -> tuple[ProviderHealth, ...]:
    """Every provider, in the order of `channels`. Never raises for Redis's sake."""
    quotas, sentences = await asyncio.gather(
        gates.quotas.known(channels),
        asyncio.gather(*map(gates.standing.sentences, channels.values())),
    )
    return tuple(
        provider_health(
            channel,
            off,
            quotas.get(channel.name),
            breaker=BreakerState(gates.breakers[channel.name].state),
            limiter=limiter,
            now=now,
        )
        for channel, off in zip(channels.values(), sentences, strict=True)
    )


def provider_health(
    channel: Channel,
    off: Sentences,
    quota: QuotaTold | None,
    *,
    breaker: BreakerState,
    limiter: LimiterState,
    now: datetime,
) -> ProviderHealth:
    refused = off.keys or (timedelta(0),) * len(channel.keys)
    return ProviderHealth(
        name=channel.name,
        enabled=channel.is_ready,
        switched_off=not channel.enabled,
        breaker=breaker,
        quarantined_until=_until(now, off.provider),
        quarantine=off.reason,
        limiter=limiter,
        keys=tuple(
            KeyHealth(position=place, refused_until=_until(now, left))
            for place, left in enumerate(refused, start=1)
        ),
        quota=quota,
    )


def _until(now: datetime, left: timedelta) -> datetime | None:
    return now + left if left else None
