"""The HTTP process: the API over this process's resources."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from fastapi import FastAPI

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.services import Services
from roleferry_enrich.embedded import Servers
from roleferry_enrich.observability.metrics import MetricsExport, configure_metrics
from roleferry_enrich.observability.requests import Tracing
from roleferry_enrich.observability.traces import configure_traces, tracer_of
from roleferry_enrich.resources import open_resources
from roleferry_enrich.services import LocalServices
from roleferry_enrich.settings import Settings

# Requests under way are given this long when the process is told to stop.
_GRACE_S = 25


def create_app(settings: Settings, servers: Servers) -> FastAPI:
    """The application, complete; it opens its resources when it starts."""
    metrics = configure_metrics(settings)
    traces = configure_traces(settings)
    app = create_api(opening=_opening(settings, servers, metrics), registry=metrics.registry)
    app.add_middleware(Tracing, tracer=tracer_of(traces))
    return app


def serve(settings: Settings, servers: Servers) -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.run(
        create_app(settings, servers),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=settings.log_level == "debug",
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )


def _opening(
    settings: Settings, servers: Servers, metrics: MetricsExport
) -> Callable[[], AbstractAsyncContextManager[Services]]:
    @asynccontextmanager
    async def opening() -> AsyncIterator[Services]:
        try:
            async with open_resources(settings, servers, metrics) as resources:
                yield LocalServices(resources)
        finally:
            metrics.close()

    return opening
