"""One connection to PostgreSQL for a few small statements in great number.

Around a statement of 0.2 ms SQLAlchemy's pool, transaction and ping cost more than the statement;
here it travels alone, commits by itself and stays prepared.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from roleferry_enrich.storage.engine import SERVER_SETTINGS, TIMEOUTS_MS, driver_url

_CONNECT_TIMEOUT_S = 2
_STATEMENT_TIMEOUT_S = 5

# Any: a row's columns have the types of the statement that asked for them.
Row = Mapping[str, Any]


class DatabaseAway(Exception):
    """PostgreSQL did not answer in time, or refused; whether it did the work is not known."""


class Wire:
    """A connection that is opened when first used and again when it was lost."""

    def __init__(self, url: str) -> None:
        self._url = driver_url(url)
        # Any: asyncpg has no types.
        self._connection: Any = None
        self._turn = asyncio.Lock()

    async def rows(self, statement: str, columns: Sequence[object]) -> Sequence[Row]:
        """What a statement over columns of values returns. Raises DatabaseAway.

        Sent again if the connection was lost: the statement must be idempotent.
        """
        async with self._turn:
            was_open = self._connection is not None
            try:
                return await self._fetch(statement, columns)
            except DatabaseAway as error:
                # A server that was restarted is noticed with the first statement after it.
                if not was_open or isinstance(error.__cause__, TimeoutError):
                    raise
            return await self._fetch(statement, columns)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _fetch(self, statement: str, columns: Sequence[object]) -> Sequence[Row]:
        try:
            if self._connection is None:
                self._connection = await self._connect()
            found: Sequence[Row] = await self._connection.fetch(
                statement, *columns, timeout=_STATEMENT_TIMEOUT_S
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # TimeoutError is an OSError.
            self.close()
            raise DatabaseAway(type(error).__name__) from error
        except asyncio.CancelledError:
            self.close()
            raise
        return found

    # Any: asyncpg has no types.
    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url,
            timeout=_CONNECT_TIMEOUT_S,
            server_settings={**SERVER_SETTINGS, **TIMEOUTS_MS},
        )
