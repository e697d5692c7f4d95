"""Brings a database to this version's schema; any number of processes may try at once."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.engine import create_unpooled_engine

T = TypeVar("T")

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to `revision`; waits while another process does."""
    await _connected(url, lambda connection: command.upgrade(_config(connection), revision))


async def require_schema(url: str) -> None:
    """Raises ConfigurationError where nobody has migrated the database yet."""
    if await current(url) is None:
        raise ConfigurationError(
            "the database has no tables yet: run `roleferry-enrich migrate` first"
        )


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
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(engine.connect())
            except (OSError, DBAPIError) as error:
                raise _unreachable(error) from error
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _unreachable(error: OSError | DBAPIError) -> ConfigurationError:
    reason = type(error.orig or error if isinstance(error, DBAPIError) else error).__name__
    return ConfigurationError(
        f"the database cannot be opened ({reason}): does it run, "
        "and is ROLEFERRY_DATABASE_URL right?"
    )


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
