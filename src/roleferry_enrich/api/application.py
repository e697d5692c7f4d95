"""Puts the HTTP layer together. It is given its services; it opens nothing itself."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from prometheus_client import REGISTRY, CollectorRegistry

from roleferry_enrich import __version__
from roleferry_enrich.api import (
    audit,
    batches,
    billing,
    companies,
    contacts,
    emails,
    enrich,
    handling,
    health,
    jobs,
    keys,
    providers,
    records,
    rights,
    suppressions,
    webhook_endpoints,
    webhooks,
)
from roleferry_enrich.api.docs_page import show_docs
from roleferry_enrich.api.edge import Edge
from roleferry_enrich.api.limits import LimitedIntake, Limits
from roleferry_enrich.api.openapi import complete
from roleferry_enrich.api.problems import answer_problems
from roleferry_enrich.api.services import Services
from roleferry_enrich.api.trusted_hosts import NamedOnly
from roleferry_enrich.errors import RoleferryError
from roleferry_enrich.observability.crashes import told

_log = structlog.get_logger(__name__)
Opening = Callable[[], AbstractAsyncContextManager[Services]]
"""Opens the services for as long as the application runs."""

_DESCRIPTION = """\
Give it an e-mail address, a domain, a company name or a profile URL. Get back the company, its
executives and their contact points: every field with the providers that said it, when, and how
sure we are; from your own provider keys.

Errors are problems (RFC 9457) with a stable `type`. Every answer carries an `X-Request-ID`.
"""
_MODULES = (
    enrich,
    batches,
    jobs,
    companies,
    emails,
    contacts,
    records,
    providers,
    handling,
    suppressions,
    rights,
    webhook_endpoints,
    webhooks,
    billing,
    keys,
    health,
    audit,
)
_TAGS = [
    {"name": "enrichment", "description": "One contact, now."},
    {"name": "batches", "description": "Many contacts, in the background."},
    {"name": "companies", "description": "A company and the people who lead it."},
    {"name": "emails", "description": "Whether addresses receive mail."},
    {"name": "contacts", "description": "What is stored of people, and how it changed."},
    {"name": "records", "description": "Records of your own, and whose they are."},
    {"name": "providers", "description": "Who is asked, for what, at what price."},
    {"name": "privacy", "description": "People's rights over what is known of them."},
    {"name": "webhooks", "description": "Where you want to be told of events."},
    {"name": "account", "description": "Whose key this is, the account's keys, credits and usage."},
    {"name": "intake", "description": "What providers send on their own accord."},
    {"name": "health", "description": "How the service and its providers are."},
]


def create_api(
    services: Services | None = None,
    *,
    opening: Opening | None = None,
    registry: CollectorRegistry = REGISTRY,
    limits: Limits | None = None,
    trusted_hosts: Sequence[str] = (),
) -> FastAPI:
    """The application over `services`, or over what `opening` opens when it starts.

    With neither, it can still describe itself (`/openapi.json`).
    """
    app = _Api(
        title="RoleFerry Enrich",
        version=__version__,
        # Ours says nothing of whom (observability/); the framework's own would.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,  # the framework's loads a viewer from elsewhere; see docs_page.py
        redoc_url=None,
        # Not `include_router`, which resolves a route's inherited settings in every request.
        routes=[route for module in _MODULES for route in module.router.routes],
        lifespan=_lifespan(opening),
    )
    app.state.services = services
    app.state.registry = registry
    answer_problems(app)
    show_docs(app)
    app.add_middleware(LimitedIntake, limits=limits or Limits())
    if trusted_hosts:
        app.add_middleware(NamedOnly, names=trusted_hosts)
    app.add_middleware(Edge)  # the last added is the outermost
    return app


class NotServing(Exception):
    """The API could not start, or did not end well; the log says why."""


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def _lifespan(
    opening: Opening | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if opening is None:
            yield
            return
        try:
            async with opening() as services:
                app.state.services = services
                yield
        except RoleferryError:
            raise
        # A root: the framework and the server each print what passes here, with all that it says.
        except Exception as error:  # noqa: BLE001
            _log.error("api.failed", error=type(error).__name__, exception=told(error))
            raise NotServing from None

    return lifespan
