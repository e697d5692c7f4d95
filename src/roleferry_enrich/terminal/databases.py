"""Readies the database that a command works with."""

from roleferry_enrich.embedded import Servers
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.migrate import migrate, require_schema


async def ready_database(settings: Settings, servers: Servers) -> None:
    """A private one is brought up to date by whoever opens it; any other by `migrate` alone."""
    if settings.database_url is None:
        await migrate(servers.database_url, at_rest=open_at_rest(settings))
    else:
        await require_schema(servers.database_url)
