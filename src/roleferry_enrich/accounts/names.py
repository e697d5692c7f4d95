"""The names of accounts that operators act for, remembered for a while."""

import time
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.acting import acting_for
from roleferry_enrich.errors import NotFound
from roleferry_enrich.storage.tables import accounts
from roleferry_enrich.storage.transactions import in_transaction

_KEPT_FOR_S = 60.0
_MOST_KEPT = 1_000


class AccountNames:
    """So that an operator's request costs no statement more than anybody's."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._names: dict[UUID, tuple[str, float]] = {}

    async def of(self, account_id: UUID) -> str:
        """Raises NotFound where there is no such account."""
        name, read_at = self._names.get(account_id, ("", -_KEPT_FOR_S))
        if name and self._clock() - read_at < _KEPT_FOR_S:
            return name
        with acting_for(None):
            name = await in_transaction(
                self._engine, lambda connection: _read(connection, account_id)
            )
        if len(self._names) >= _MOST_KEPT:
            self._names.clear()
        self._names[account_id] = name, self._clock()
        return name


async def _read(connection: AsyncConnection, account_id: UUID) -> str:
    name: str | None = await connection.scalar(
        select(accounts.c.name).where(accounts.c.id == account_id)
    )
    if name is None:
        raise NotFound("there is no such account")
    return name
