"""Opens and closes everything a process works with, and wires it together; nobody else does.

settings -> engine, Redis, HTTP sessions -> gates -> gateway -> enricher -> services
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.admission import Quotas as AccountQuotas
from roleferry_enrich.accounts.admission import account_quotas
from roleferry_enrich.accounts.billing import Billing, open_billing
from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.redis_line import RedisLine
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.gateway.usage import Usage
from roleferry_enrich.observability.telemetry import Telemetry, configure_telemetry
from roleferry_enrich.observability.watching import Watching
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.recording import PatientRecords
from roleferry_enrich.pipeline.samples import sample_result
from roleferry_enrich.pipeline.screened import ScreenedEnricher
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.pipeline.verification import Verifier
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.handlings import Handlings
from roleferry_enrich.privacy.opening import open_erasure
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.provider_access import gates_of, own_store_read, sessions
from roleferry_enrich.storage.at_rest import AtRest, open_at_rest
from roleferry_enrich.storage.books import PostgresBooks
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.handling import HandlingRepository
from roleferry_enrich.storage.opt_outs import OptOutRepository
from roleferry_enrich.webhooks.outgoing.alarms import Alarms

# With the ten seconds that uvicorn gives requests under way, within the 30 s orchestrators grant.
_DRAIN_S = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """A process's open resources."""

    settings: Settings
    engine: AsyncEngine
    shared: RedisGuard
    gateway: Gateway
    usage: Usage
    enricher: ScreenedEnricher
    verifier: Verifier
    suppressions: Suppressions
    handlings: Handlings
    erasure: Erasure
    accounts: AccountRepository
    books: PostgresBooks
    enrichments: EnrichmentRepository
    quotas: AccountQuotas
    billing: Billing


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
    ground = _ground(settings, servers, telemetry or configure_telemetry(settings))
    async with (
        sessions() as transport,
        _cache(settings, ground.shared) as cache,
        own_store_read(channels, settings, servers, ground.at_rest) as ours,
        ground.telemetry.lag_watched(),
        _closed(ground),
        ground.suppressions.kept_up(),
        _finished(ground.background),
    ):
        till = Till(
            ground.books,
            watch=ground.watching,
            secret=pepper(settings),
            spending=ground.billing.spending,
        )
        gates = gates_of(settings, ours, ground.shared, transport, till, ground.watching)
        gateway = Gateway(ours, cache=cache, gates=gates, now=_now)
        yield _resources(ground, gateway, gates, cache)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all the rest stands on."""

    settings: Settings
    telemetry: Telemetry
    at_rest: AtRest
    engine: AsyncEngine
    shared: RedisGuard
    background: Background
    watching: Watching
    books: PostgresBooks
    billing: Billing
    suppressions: Suppressions


def _ground(settings: Settings, servers: Servers, telemetry: Telemetry) -> _Ground:
    at_rest = open_at_rest(settings)
    engine = create_engine(servers.database_url, at_rest=at_rest)
    redis = RedisLine.from_url(servers.redis_url, socket_connect_timeout=1)
    background = Background()
    alarms = Alarms(engine, background, _now)
    watching = telemetry.watching(on_quarantine=alarms.quarantined)
    return _Ground(
        settings=settings,
        telemetry=telemetry,
        at_rest=at_rest,
        engine=engine,
        shared=RedisGuard(redis, patience=None),
        background=background,
        watching=watching,
        books=PostgresBooks(servers.database_url, watching, at_rest),
        billing=open_billing(settings, servers.database_url, engine),
        suppressions=Suppressions(engine, redis, pepper(settings)),
    )


@asynccontextmanager
async def _closed(ground: _Ground) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await ground.books.close()
        await ground.billing.close()
        await ground.engine.dispose()
        ground.telemetry.close()


@asynccontextmanager
async def _finished(background: Background) -> AsyncIterator[None]:
    """In the end what was paid for is finished, while all that it needs is still open."""
    try:
        yield
    finally:
        await background.drain(_DRAIN_S)


def _resources(ground: _Ground, gateway: Gateway, gates: Gates, cache: Cache) -> Resources:
    settings, engine = ground.settings, ground.engine
    enrichments, handlings = EnrichmentRepository(engine), Handlings(HandlingRepository(engine))
    return Resources(
        settings=settings,
        engine=engine,
        shared=ground.shared,
        gateway=gateway,
        usage=Usage(gateway.channels, gates, ground.shared),
        enricher=_enricher(ground, gateway, enrichments, handlings),
        verifier=_verifier(ground, gateway),
        suppressions=ground.suppressions,
        handlings=handlings,
        erasure=open_erasure(settings, engine, ground.suppressions, cache, _now),
        accounts=AccountRepository(engine, pepper(settings)),
        books=ground.books,
        enrichments=enrichments,
        quotas=account_quotas(settings, engine, ground.shared, ground.watching),
        billing=ground.billing,
    )


def _enricher(
    ground: _Ground, gateway: Gateway, enrichments: EnrichmentRepository, handlings: Handlings
) -> ScreenedEnricher:
    held, background, watching = ground.suppressions.held, ground.background, ground.watching
    asking = Enricher(
        gateway=Screening(gateway, held),
        recall=Recall(gateway, changes=lambda: held.changes),
        records=PatientRecords(enrichments, background, watching),
        background=background,
        onlooker=watching,
        sample=sample_result,
        now=_now,
        charging=ground.billing.charging(gateway.channels),
    )
    return ScreenedEnricher(asking, held, handlings)


def _verifier(ground: _Ground, gateway: Gateway) -> Verifier:
    return Verifier(
        gateway,
        OptOutRepository(ground.engine),
        ground.suppressions.held,
        ground.background,
        ground.watching,
        _now,
        charging=ground.billing.charging(gateway.channels),
    )


@asynccontextmanager
async def _cache(settings: Settings, shared: RedisGuard) -> AsyncIterator[Cache]:
    # The derived key comes last: setting keys of its own costs no installation its answers.
    given = [key.get_secret_value().encode() for key in settings.cache_key_ring]
    secret = pepper(settings)
    memory, ring = settings.cache_mb * 1_000_000, KeyRing([*given, secret])
    cache = Cache(shared, secret=secret, memory_bytes=memory, ring=ring)
    try:
        async with cache.listening():
            yield cache
    finally:
        await shared.redis.aclose()


def _now() -> datetime:
    return datetime.now(UTC)
