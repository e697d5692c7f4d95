"""Brings a database to this version's schema; any number of processes may try at once.

Alembic is imported where it has work: a start finds nothing to do all but once, and need not
wait for it.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.engine import create_unpooled_engine
from roleferry_enrich.storage.row_security import is_locked

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(url: str, revision: str = "head", *, at_rest: AtRest | None = None) -> None:
    """Upgrade to `revision`; waits while another process does.

    `at_rest`: what people are sealed with who were stored before they were.
    """
    if revision != "head" or not await _connected(url, _is_ready):
        await _connected(url, lambda connection: _upgrade(connection, revision, at_rest))


async def require_schema(url: str) -> None:
    """Raises ConfigurationError where nobody has migrated the database yet, or not as it is."""
    if await current(url) is None:
        raise ConfigurationError(
            "the database has no tables yet: run `roleferry-enrich migrate` first"
        )
    if not await _connected(url, is_locked):
        raise ConfigurationError(
            "the database does not keep accounts apart yet: run `roleferry-enrich migrate` first"
        )


async def downgrade(url: str, revision: str) -> None:
    """Go back to `revision`; `base` drops everything."""
    await _connected(url, lambda connection: _downgrade(connection, revision))


async def current(url: str) -> str | None:
    """The revision the database is at; None before the first migration."""
    return await _connected(url, _current)


def head() -> str:
    """The revision this version of the code needs; a migration's file is named for its own."""
    return max(path.name.partition("_")[0] for path in _MIGRATIONS.glob("versions/r*.py"))


def _current(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _is_ready(connection: Connection) -> bool:
    return _current(connection) == head() and is_locked(connection)


def _upgrade(connection: Connection, revision: str, at_rest: AtRest | None) -> None:
    from alembic import command

    config = _config(connection)
    config.attributes["at_rest"] = at_rest
    command.upgrade(config, revision)


def _downgrade(connection: Connection, revision: str) -> None:
    from alembic import command

    command.downgrade(_config(connection), revision)


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


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
