"""Brings a database to this version's schema; any number of processes may try at once."""

from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.engine import create_unpooled_engine

T = TypeVar("T")

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to `revision`; waits while another process does."""
    await _connected(url, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(url: str, revision: str) -> None:
    """Go back to `revision`; `base` drops everything."""
    await _connected(url, lambda connection: command.downgrade(_config(connection), revision))


async def current(url: str) -> str | None:
    """The revision the database is at; None before the first migration."""
    return await _connected(url, lambda c: MigrationContext.configure(c).get_current_revision())


def head() -> str | None:
    """The revision this version of the code needs."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


async def _connected(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_unpooled_engine(url)
    try:
        connection = await _open(engine)
        async with aclosing(connection):
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def _open(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (OSError, DBAPIError) as error:
        raise ServiceUnavailable(
            "the database cannot be used: is it running, and is ROLEFERRY_DATABASE_URL right?"
        ) from error


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
