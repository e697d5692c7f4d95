"""Runs one unit of work in one transaction, and again where PostgreSQL asks for it.

Work may run more than once, also after a commit whose answer was lost: it must be idempotent.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import ServiceUnavailable

T = TypeVar("T")
Alongside = Callable[[AsyncConnection, T], Awaitable[None]]
"""What is to be written in the transaction of something else, given what that came to."""

_ATTEMPTS = 3
_PAUSE_S = 0.05
# What a restart or a failover takes.
_COME_BACK = timedelta(seconds=5)

_TRANSIENT = frozenset(
    {
        "25P03",  # idle_in_transaction_session_timeout: we stood still
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "53300",  # too_many_connections
        "55P03",  # lock_not_available: lock_timeout
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now: starting up or failing over
    }
)
_EXHAUSTED = frozenset(
    {
        "53100",  # disk_full
        "53200",  # out_of_memory
        "57014",  # query_canceled: statement_timeout
        "25006",  # read_only_sql_transaction: a replica after a failover
    }
)


async def in_transaction(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """What `work` returns, committed. Raises ServiceUnavailable when the database cannot."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with engine.begin() as connection:
                return await work(connection)
        except (DBAPIError, OSError, PoolTimeout) as error:
            if not _database_at_fault(error):
                raise
            if attempt == _ATTEMPTS or not _worth_repeating(error):
                detail = "the database cannot serve this just now"
                raise ServiceUnavailable(detail, retry_after=_COME_BACK) from error
        await asyncio.sleep(_PAUSE_S * attempt * (0.5 + random.random()))  # noqa: S311  # jitter
    raise AssertionError("the last attempt returns or raises")


def _database_at_fault(error: Exception) -> bool:
    """False for an error of our own making (a broken constraint, bad SQL): that is a bug."""
    return _worth_repeating(error) or isinstance(error, PoolTimeout) or _state(error) in _EXHAUSTED


def _worth_repeating(error: Exception) -> bool:
    # A pool without a free connection has already been waited for.
    if isinstance(error, PoolTimeout):
        return False
    if not isinstance(error, DBAPIError):
        return True
    state = _state(error) or ""
    # Class 08 is a lost or refused connection, found by the server or by the driver.
    is_lost = error.connection_invalidated or state.startswith("08") or _crossed(error)
    return is_lost or state in _TRANSIENT


def _crossed(error: DBAPIError) -> bool:
    """Whether the server's farewell crossed our statement, which confuses the driver."""
    cause = getattr(error.orig, "driver_exception", None)
    return isinstance(cause, asyncpg.InternalClientError)


def _state(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)
