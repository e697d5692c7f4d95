"""The HTTP process: the API over this process's resources."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import uvicorn
from fastapi import FastAPI

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.services import Services
from roleferry_enrich.batches.backlogs import backlogs_watched
from roleferry_enrich.batches.desk import JobDesk
from roleferry_enrich.batches.queue import Queue, Work
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.connections import PatientConnection
from roleferry_enrich.embedded import Servers
from roleferry_enrich.garbage import look_seldom
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.normalise.first_use import load_tables
from roleferry_enrich.observability.crashes import report_failed_tasks
from roleferry_enrich.observability.requests import Tracing
from roleferry_enrich.observability.telemetry import configure_telemetry
from roleferry_enrich.privacy.opening import replay_journal
from roleferry_enrich.records.desk import open_desk
from roleferry_enrich.resources import open_resources
from roleferry_enrich.services import LocalServices
from roleferry_enrich.storage.backlogs import BacklogRepository
from roleferry_enrich.webhooks.endpoints import endpoints_of
from roleferry_enrich.webhooks.outgoing.opening import callbacks

# uvloop accepts one connection of a socket in each turn of the loop. In a burst, when turns are
# long, most of a deadline would pass before a request is heard; of one port known by several
# descriptors it accepts one for each.
_ACCEPTED_A_TURN = 64
# Requests under way are given this long when the process is told to stop.
_GRACE_S = 10
_DOCUMENT_AFTER_S = 5


def create_app(
    settings: Settings, servers: Servers, *, channels: Mapping[str, Channel] | None = None
) -> FastAPI:
    """The application, complete; it opens its resources when it starts.

    `channels` takes the place of the catalogue's.
    """
    endpoints_of(settings)  # a secret that cannot be one stops the start, not the first webhook
    telemetry = configure_telemetry(settings)
    registry = telemetry.metrics.registry

    @asynccontextmanager
    async def opening() -> AsyncIterator[Services]:
        report_failed_tasks()
        async with (
            open_resources(settings, servers, telemetry, channels=channels) as resources,
            open_desk() as desk,
            backlogs_watched(BacklogRepository(resources.engine), telemetry.metrics.metrics.work),
            resources.usage.asked_every(timedelta(seconds=settings.usage_every_s)),
        ):
            await replay_journal(resources.erasure)
            look_seldom()
            preparing = asyncio.create_task(_prepare(app))
            queue = Queue(servers.redis_url, Work.ITEMS)
            called, held = callbacks(resources.engine, settings), resources.suppressions.held
            jobs = JobDesk(resources.engine, queue, held, called, plans=resources.billing.plans)
            try:
                services = LocalServices(resources, desk, jobs)
                async with services.audit.kept():
                    yield services
            finally:
                preparing.cancel()
                await queue.close()

    app = create_api(opening=opening, registry=registry, trusted_hosts=settings.trusted_hosts)
    app.add_middleware(Tracing, tracer=telemetry.tracer)
    return app


async def _prepare(app: FastAPI) -> None:
    """What can wait until the service is ready, but must not hold up whoever asks first."""
    await asyncio.to_thread(load_tables)
    # Nobody is in a hurry for the document, and a thread takes from those who are.
    await asyncio.sleep(_DOCUMENT_AFTER_S)
    await asyncio.to_thread(app.openapi)
    look_seldom()


def serve(
    settings: Settings, servers: Servers, *, channels: Mapping[str, Channel] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = server_config(create_app(settings, servers, channels=channels), settings)
    listener = config.bind_socket()
    uvicorn.Server(config).run([listener, *(listener.dup() for _ in range(1, _ACCEPTED_A_TURN))])


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How HTTP is spoken: with whom patience ends, and who is believed about others."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=PatientConnection,
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        log_config=None,
        access_log=settings.log_level == "debug",
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )
