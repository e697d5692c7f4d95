"""Opens the pool of PostgreSQL connections, with every wait bounded. Built once by a root."""

from typing import cast

import orjson
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage import documents
from roleferry_enrich.storage.at_rest import AtRest, keep
from roleferry_enrich.storage.row_security import AccountConnection

_DRIVER = "postgresql+asyncpg"

SERVER_SETTINGS = {
    "application_name": "roleferry-enrich",
    # Small statements only: compiling one costs more than running it.
    "jit": "off",
    # What a statement writes into JSON, and the day it takes from a time, are those of the session.
    "timezone": "UTC",
}

TIMEOUTS_MS = {
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    # Who stands still in the middle of something (a stopped machine, a hung loop) holds locks that
    # others wait for: those of an account's balance, and of the sweep. It is undone and, should the
    # process wake, done again.
    "idle_in_transaction_session_timeout": "3000",
}

_CONNECT_TIMEOUT_S = 5
_POOL_TIMEOUT_S = 5
_RECYCLE_S = 1800


def create_engine(url: str, *, pool_size: int = 10, at_rest: AtRest | None = None) -> AsyncEngine:
    """A pool of at most `pool_size` connections; nothing is opened before the first use.

    Without `at_rest` it is for tables in which nothing is sealed.
    """
    engine = create_async_engine(
        asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_recycle=_RECYCLE_S,
        # No `pool_pre_ping`, two round trips for each use: a connection that was lost is noticed by
        # the statement, and `in_transaction` repeats the work on another.
        # msgspec knows our dataclasses and times, orjson reads plain JSON fastest.
        json_serializer=documents.encode,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": _CONNECT_TIMEOUT_S,
            "server_settings": SERVER_SETTINGS | TIMEOUTS_MS,
            "connection_class": AccountConnection,
        },
        hide_parameters=True,
    )
    if at_rest is not None:
        keep(engine, at_rest)
    return engine


def create_unpooled_engine(url: str) -> AsyncEngine:
    """One connection at a time without statement limits, for migrations."""
    return create_async_engine(
        asyncpg_url(url),
        poolclass=NullPool,
        connect_args={"timeout": _CONNECT_TIMEOUT_S, "server_settings": SERVER_SETTINGS},
        hide_parameters=True,
    )


def asyncpg_url(text: str) -> URL:
    """Any usual spelling of a PostgreSQL URL, as SQLAlchemy's asyncpg dialect wants it."""
    try:
        url = make_url(text)
    except ArgumentError:
        # The library's message repeats the URL, password and all.
        raise ConfigurationError("the database URL cannot be read") from None
    if url.drivername not in {"postgres", "postgresql", _DRIVER}:
        raise ConfigurationError("the database URL must begin with postgresql://")
    return _with_asyncpg_tls(url.set(drivername=_DRIVER))


def driver_url(text: str) -> str:
    """The same for asyncpg itself, without SQLAlchemy around it. Shows the password."""
    url = asyncpg_url(text)
    if "ssl" in url.query:
        mode = cast("str", url.query["ssl"])
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _with_asyncpg_tls(url: URL) -> URL:
    # libpq and every hosting service write `sslmode`; asyncpg's argument is `ssl`, same values.
    if "sslmode" not in url.query:
        return url
    mode = cast("str", url.query["sslmode"])
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
