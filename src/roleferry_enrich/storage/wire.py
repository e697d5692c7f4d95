"""One connection to PostgreSQL for a few small statements in great number.

Around a statement of 0.2 ms SQLAlchemy's pool, transaction and ping cost more than the statement;
here it travels alone, commits by itself and stays prepared.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from roleferry_enrich.storage.driver import LOST
from roleferry_enrich.storage.engine import SERVER_SETTINGS, TIMEOUTS_MS, driver_url

_CONNECT_TIMEOUT_S = 2
_STATEMENT_TIMEOUT_S = 5
_CLOSE_TIMEOUT_S = 1
_LOST = (OSError, *LOST)  # TimeoutError is an OSError

# Any: a row's columns have the types of the statement that asked for them.
Row = Mapping[str, Any]


class DatabaseAway(Exception):
    """PostgreSQL did not answer in time, or refused."""

    def __init__(self, reason: str, *, is_sent: bool) -> None:
        super().__init__(reason)
        self.is_sent = is_sent
        """Whether it may have done the work all the same."""


class Wire:
    """A connection that is opened when first used and again when it was lost."""

    def __init__(self, url: str, *, is_durable: bool = True) -> None:
        """Not durable, a commit waits for no disk and outlives every process but PostgreSQL's."""
        self._url = driver_url(url)
        commit = {} if is_durable else {"synchronous_commit": "off"}
        self._settings = {**SERVER_SETTINGS, **TIMEOUTS_MS, **commit}
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
            try:
                return await self._fetch(statement, columns)
            except DatabaseAway as error:
                error.is_sent = True  # the first time, that is
                raise

    async def close(self) -> None:
        """Politely, if the database still listens."""
        async with self._turn:
            if self._connection is not None:
                with contextlib.suppress(*_LOST):
                    await self._connection.close(timeout=_CLOSE_TIMEOUT_S)
                self._connection = None

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _fetch(self, statement: str, columns: Sequence[object]) -> Sequence[Row]:
        is_sent = False
        try:
            if self._connection is None:
                self._connection = await self._connect()
            is_sent = True
            found: Sequence[Row] = await self._connection.fetch(
                statement, *columns, timeout=_STATEMENT_TIMEOUT_S
            )
        except _LOST as error:
            self._hang_up()
            raise DatabaseAway(type(error).__name__, is_sent=is_sent) from error
        except asyncio.CancelledError:
            self._hang_up()
            raise
        return found

    # Any: asyncpg has no types.
    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url, timeout=_CONNECT_TIMEOUT_S, server_settings=self._settings
        )
