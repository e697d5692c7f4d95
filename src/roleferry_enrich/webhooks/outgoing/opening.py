"""Opens what outgoing webhooks need beside the database.

For the API a desk, for the worker a dispatcher with its sessions.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.resolver import ThreadedResolver
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.gateway.open_web import PublicOnlyResolver, open_web_connector
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.callbacks import CallbackRepository
from roleferry_enrich.storage.deliveries import DeliveryRepository
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.endpoints import EndpointRepository
from roleferry_enrich.webhooks.outgoing.callbacks import Callbacks
from roleferry_enrich.webhooks.outgoing.desk import EndpointDesk
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.dispatch import Dispatcher
from roleferry_enrich.webhooks.outgoing.sending import Sender, session
from roleferry_enrich.webhooks.outgoing.signing import Vault

# With the time that resources take to close, within the 30 s orchestrators grant.
_DRAIN_S = 8.0
# Two endpoints may be of one host: a limit there would let one of them hold up the other.
_UNLIMITED = 0


def endpoint_desk(engine: AsyncEngine, settings: Settings) -> EndpointDesk:
    return EndpointDesk(
        EndpointRepository(engine),
        DeliveryLog(engine),
        _destinations(settings, PublicOnlyResolver(ThreadedResolver())),
        _vault(settings),
    )


def callbacks(engine: AsyncEngine, settings: Settings) -> Callbacks:
    destinations = _destinations(settings, PublicOnlyResolver(ThreadedResolver()))
    return Callbacks(CallbackRepository(engine), destinations, _vault(settings))


@asynccontextmanager
async def open_dispatcher(
    engine: AsyncEngine, settings: Settings, metrics: WorkMetrics
) -> AsyncIterator[Dispatcher]:
    """What is being sent when the block ends is given a few seconds; then its lease ends it."""
    resolver = PublicOnlyResolver(ThreadedResolver())
    connector = open_web_connector(resolver, per_host=_UNLIMITED)
    async with session(connector) as open_web, session(aiohttp.TCPConnector(limit=0)) as inside:
        sender = Sender(_destinations(settings, resolver), open_web=open_web, inside=inside)
        background = Background()
        try:
            deliveries = DeliveryRepository(engine)
            yield Dispatcher(deliveries, sender, _vault(settings), background, metrics)
        finally:
            await background.drain(_DRAIN_S)


def _destinations(settings: Settings, resolver: PublicOnlyResolver) -> Destinations:
    return Destinations(
        resolver,
        inside=settings.webhook_inside_hosts,
        allow_http=settings.environment == "development",
    )


def _vault(settings: Settings) -> Vault:
    return Vault(open_at_rest(settings))
