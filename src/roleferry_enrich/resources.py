"""Opens and closes everything a process works with, and wires it together; nobody else does.

settings -> engine, Redis, HTTP sessions -> gates -> gateway -> enricher -> services
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import aiohttp
from aiohttp.resolver import ThreadedResolver
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.open_web import PublicOnlyResolver, open_web_connector
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.quotas import Quotas
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.redis_line import RedisLine
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.gateway.standing import Standing
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.gateway.usage import Usage
from roleferry_enrich.observability.telemetry import Telemetry, configure_telemetry
from roleferry_enrich.observability.watching import Watching
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.progress import Result
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.recording import PatientRecords
from roleferry_enrich.pipeline.verification import Verifier
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.own_store import REPORTS_TOLD_FOR
from roleferry_enrich.providers.routines import RunsRoutine
from roleferry_enrich.secret_key import secret_key
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.at_rest import AtRest, open_at_rest
from roleferry_enrich.storage.books import PostgresBooks
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.opt_outs import OptOutRepository
from roleferry_enrich.storage.recollections import Recollections, shelves
from roleferry_enrich.storage.wire import Wire
from roleferry_enrich.webhooks.outgoing.alarms import Alarms

# With the ten seconds that uvicorn gives requests under way, within the 30 s orchestrators grant.
_DRAIN_S = 18.0
_SLOW_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """A process's open resources."""

    settings: Settings
    engine: AsyncEngine
    shared: RedisGuard
    gateway: Gateway
    usage: Usage
    enricher: Enricher
    verifier: Verifier
    accounts: AccountRepository
    books: PostgresBooks
    enrichments: EnrichmentRepository


@asynccontextmanager
async def open_resources(
    settings: Settings,
    servers: Servers,
    telemetry: Telemetry | None = None,
    *,
    channels: Mapping[str, Channel] | None = None,
) -> AsyncIterator[Resources]:
    """Everything open for as long as the block lasts; paid work is finished before it closes.

    `channels` takes the place of the catalogue's.
    """
    telemetry = telemetry or configure_telemetry(settings)
    at_rest = open_at_rest(settings)
    engine = create_engine(servers.database_url, at_rest=at_rest)
    redis = RedisLine.from_url(servers.redis_url, socket_connect_timeout=1)
    shared = RedisGuard(redis, patience=None)
    background = Background()
    alarms = Alarms(engine, background, _now)
    watching = telemetry.watching(on_quarantine=alarms.quarantined)
    books = PostgresBooks(servers.database_url, watching, at_rest)
    till = Till(books, watch=watching, secret=_pepper(settings))
    async with (
        _sessions() as transport,
        _cache(settings, shared) as cache,
        _own_store(channels, settings, servers, at_rest) as ours,
        telemetry.lag_watched(),
    ):
        gates = _gates(settings, ours, shared, transport, till, watching)
        gateway = Gateway(ours, cache=cache, gates=gates, now=_now)
        enrichments = EnrichmentRepository(engine)
        enricher = _enricher(gateway, enrichments, background, watching)
        try:
            yield Resources(
                settings=settings,
                engine=engine,
                shared=shared,
                gateway=gateway,
                usage=Usage(ours, gates, shared),
                enricher=enricher,
                verifier=_verifier(gateway, engine, background, watching),
                accounts=AccountRepository(engine, _pepper(settings)),
                books=books,
                enrichments=enrichments,
            )
        finally:
            await background.drain(_DRAIN_S)
            await books.close()
            await engine.dispose()
            telemetry.close()


def _enricher(
    gateway: Gateway, enrichments: EnrichmentRepository, background: Background, watching: Watching
) -> Enricher:
    return Enricher(
        gateway=gateway,
        recall=Recall(gateway),
        records=PatientRecords(enrichments, background, watching),
        background=background,
        onlooker=watching,
        sample=_sample,
        now=_now,
    )


def _verifier(
    gateway: Gateway, engine: AsyncEngine, background: Background, watching: Watching
) -> Verifier:
    return Verifier(gateway, OptOutRepository(engine), background, watching, _now)


def _pepper(settings: Settings) -> bytes:
    return secret_key(settings).get_secret_value().encode()


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
async def _own_store(
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
async def _sessions() -> AsyncIterator[Transport]:
    limits = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300)
    guarded = open_web_connector(PublicOnlyResolver(ThreadedResolver()))
    async with (
        aiohttp.ClientSession(connector=limits, trust_env=False) as trusted,
        aiohttp.ClientSession(connector=guarded, trust_env=False) as open_web,
    ):
        yield Transport(trusted=trusted, open_web=open_web, now=_now)


@asynccontextmanager
async def _cache(settings: Settings, shared: RedisGuard) -> AsyncIterator[Cache]:
    # The derived key comes last: setting keys of its own costs no installation its answers.
    given = [key.get_secret_value().encode() for key in settings.cache_key_ring]
    secret = _pepper(settings)
    memory, ring = settings.cache_mb * 1_000_000, KeyRing([*given, secret])
    cache = Cache(shared, secret=secret, memory_bytes=memory, ring=ring)
    try:
        async with cache.listening():
            yield cache
    finally:
        await shared.redis.aclose()


def _gates(
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
        standing=Standing(shared, limiter=limiter, watch=watching, secret=_pepper(settings)),
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


def _sample(request: Request) -> Result:
    # An invented world, for the few who ask for one.
    from roleferry_enrich.sandbox.samples import sample  # noqa: PLC0415

    company, people = sample(request.keys, request.limit)
    match request.goal:
        case Goal.PERSON:
            return Result(person=people[0], company=company)
        case Goal.EXECUTIVES:
            return Result(company=company, executives=people)
        case Goal.COMPANY:
            return Result(company=company)


def _now() -> datetime:
    return datetime.now(UTC)
