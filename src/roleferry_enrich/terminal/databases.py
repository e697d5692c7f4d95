"""Readies the database that a command works with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.migrate import migrate, require_schema

T = TypeVar("T")


async def ready_database(settings: Settings, servers: Servers) -> None:
    """A private one is brought up to date by whoever opens it; any other by `migrate` alone."""
    if settings.database_url is None:
        await migrate(servers.database_url, at_rest=open_at_rest(settings))
    else:
        await require_schema(servers.database_url)


def with_database(settings: Settings, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """What `work` makes of the installation's database, for a command that needs nothing else."""
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            engine = create_engine(
                servers.database_url, pool_size=1, at_rest=open_at_rest(settings)
            )
            try:
                return await work(engine)
            finally:
                await engine.dispose()

        return asyncio.run(run())
