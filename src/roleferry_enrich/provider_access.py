"""How providers are reached: channels that the settings make of adapters, sessions and gates."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import aiohttp
from aiohttp.resolver import ThreadedResolver

from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.open_web import PublicOnlyResolver, open_web_connector
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.quotas import Quotas
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.gateway.standing import Standing
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.observability.watching import Watching
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.own_store import REPORTS_TOLD_FOR
from roleferry_enrich.providers.routines import RunsRoutine
from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.recollections import Recollections, shelves
from roleferry_enrich.storage.wire import Wire

_SLOW_SHARE = 0.8


def channels_of(settings: Settings) -> Mapping[str, Channel]:
    """Every adapter with what the operator set for it."""
    return {name: _channel(provider, settings) for name, provider in catalogue().items()}


def _channel(provider: Provider, settings: Settings) -> Channel:
    given = settings.provider(provider.spec.name)
    if isinstance(provider, RunsRoutine):
        provider = type(provider)(given.own_routine)
    keys = tuple(Credential(key.get_secret_value()) for key in given.keys)
    return Channel(
        provider=provider,
        key=keys[0] if keys else None,
        spare_keys=keys[1:],
        base_url=given.base_url,
        enabled=given.enabled is not False,
        permits=given.permits,
        credit_price=None if given.price is None else MicroUsd(given.price),
        timeout=given.timeout,
        concurrency=given.concurrency,
    )


@asynccontextmanager
async def own_store_read(
    given: Mapping[str, Channel] | None, settings: Settings, servers: Servers, at_rest: AtRest
) -> AsyncIterator[Mapping[str, Channel]]:
    """The channels, of which that of our own database reads it, unless it is sent elsewhere."""
    channels = given or channels_of(settings)
    offers = [offer for channel in channels.values() for offer in channel.offers()]
    wire = Wire(servers.database_url)
    days = settings.retention_days
    carrier = Recollections(
        wire=wire,
        shelves=shelves(offers, days),
        reports_told_for=REPORTS_TOLD_FOR if days is None else timedelta(days=days),
        now=_now,
        at_rest=at_rest,
    )
    reads = {name for name, one in channels.items() if one.is_own_store and one.base_url is None}
    try:
        yield {
            name: replace(channel, carrier=carrier) if name in reads else channel
            for name, channel in channels.items()
        }
    finally:
        await wire.close()


@asynccontextmanager
async def sessions() -> AsyncIterator[Transport]:
    limits = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300)
    guarded = open_web_connector(PublicOnlyResolver(ThreadedResolver()))
    async with (
        aiohttp.ClientSession(connector=limits, trust_env=False) as trusted,
        aiohttp.ClientSession(connector=guarded, trust_env=False) as open_web,
    ):
        yield Transport(trusted=trusted, open_web=open_web, now=_now)


def gates_of(
    settings: Settings,
    channels: Mapping[str, Channel],
    shared: RedisGuard,
    transport: Transport,
    till: Till,
    watching: Watching,
) -> Gates:
    loop, random = asyncio.get_running_loop(), Random()  # noqa: S311 - jitter is no secret
    instances = settings.instances
    limiter = Limiter(shared, instances=instances, watch=watching)
    return Gates(
        standing=Standing(shared, limiter=limiter, watch=watching, secret=pepper(settings)),
        breakers={
            name: Breaker(_policy(channel), clock=loop.time, random=random)
            for name, channel in channels.items()
        },
        limiter=limiter,
        transport=transport,
        till=till,
        retry=RetryPolicy(),
        watch=watching,
        random=random,
        now=_now,
        lines={
            name: asyncio.Semaphore(channel.provider.spec.concurrency)
            for name, channel in channels.items()
        },
        retries=RetryBudget(loop.time),
        places=FleetPlaces(
            shared,
            {name: one.concurrency for name, one in channels.items() if one.concurrency},
            random=random,
            instances=instances,
        ),
        quotas=Quotas(shared, watch=watching),
    )


def _policy(channel: Channel) -> BreakerPolicy:
    return BreakerPolicy(slow_after=channel.call_timeout * _SLOW_SHARE)


def _now() -> datetime:
    return datetime.now(UTC)
