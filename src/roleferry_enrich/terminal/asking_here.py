"""Asks the API for a command in this process, over private servers if no others are set.

Apart from `asking.py`, which needs a tenth of the imports.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

import httpx

from roleferry_enrich.accounts.kept_key import kept_key
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.quotas import NO_QUOTA
from roleferry_enrich.configuration.settings import Settings, read_settings
from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.service import Service, remote

T = TypeVar("T")
KEY_FILE = "command_line_key"


# Any: JSON as any client of the API gets it.
def ask_here(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The API's answer. Raises ServiceRefused or ConfigurationError, both meant to be read."""
    return work_here(lambda service: service.post(path, body))


def work_here(
    work: Callable[[Service], Awaitable[T]],
    *,
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> T:
    """What comes of work that asks the API as often as it likes. Raises likewise.

    `around` is entered in the event loop, before anything else.
    """
    settings = read_settings()
    # A person reads this terminal: what is worth a line in a server's log is not, here.
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    with servers_of(settings) as servers:

        async def run() -> T:
            with around():
                await ready_database(settings, servers)
                async with _service(settings, servers) as service:
                    return await work(service)

        return asyncio.run(run())


@asynccontextmanager
async def _service(settings: Settings, servers: Servers) -> AsyncIterator[Service]:
    async with open_accounts(settings, servers) as accounts:
        key = await kept_key(accounts, settings.data_dir / KEY_FILE, "command line")
    # Whoever may start this may agree any quota.
    app = create_app(settings.model_copy(update=NO_QUOTA), servers)
    async with (
        app.router.lifespan_context(app),
        remote("http://in-process", key, transport=httpx.ASGITransport(app=app)) as service,
    ):
        yield service
