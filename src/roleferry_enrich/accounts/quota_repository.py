"""Keeps the quotas of the accounts for which others than the usual ones were agreed."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.accounts.quotas import Quota
from roleferry_enrich.errors import NotFound, ServiceUnavailable
from roleferry_enrich.storage.account_tables import account_quotas
from roleferry_enrich.storage.transactions import in_transaction

_KNOWN_FOR_S = 5.0
_MOST_KNOWN = 10_000
_COLUMNS = (account_quotas.c.per_minute, account_quotas.c.per_hour, account_quotas.c.per_day)


class QuotaRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, account_id: UUID) -> Quota | None:
        """What was agreed for the account; None is the usual, and 0 no limit."""
        statement = select(*_COLUMNS).where(account_quotas.c.account_id == account_id)

        async def work(connection: AsyncConnection) -> Quota | None:
            row = (await connection.execute(statement)).one_or_none()
            return row and Quota(
                per_minute=row.per_minute, per_hour=row.per_hour, per_day=row.per_day
            )

        return await in_transaction(self._engine, work)

    async def agree(self, account_id: UUID, quota: Quota) -> None:
        """Replace what was agreed before. Raises NotFound where there is no such account."""
        agreed = {
            "per_minute": quota.per_minute,
            "per_hour": quota.per_hour,
            "per_day": quota.per_day,
            "updated_at": func.clock_timestamp(),
        }
        statement = insert(account_quotas).values(account_id=account_id, **agreed)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["account_id"], set_=agreed)
            )

        try:
            await in_transaction(self._engine, work)
        except IntegrityError as error:
            raise NotFound("there is no such account") from error

    async def end(self, account_id: UUID) -> None:
        """From here on the account has the usual quota."""
        statement = delete(account_quotas).where(account_quotas.c.account_id == account_id)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await in_transaction(self._engine, work)


class AgreedQuotas:
    """The quotas in force, as known a few seconds ago: no request waits for the database twice."""

    def __init__(
        self,
        quotas: QuotaRepository,
        usual: Quota,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quotas = quotas
        self._usual = usual
        self._clock = clock
        self._known: dict[UUID, tuple[float, Quota]] = {}
        self._reading: dict[UUID, asyncio.Task[Quota]] = {}

    async def of(self, account_id: UUID) -> Quota:
        known = self._known.get(account_id)
        if known is None:
            return await asyncio.shield(self._read(account_id))
        read_at, quota = known
        if self._clock() - read_at > _KNOWN_FOR_S:
            self._read(account_id)
        return quota

    def _read(self, account_id: UUID) -> "asyncio.Task[Quota]":
        reading = self._reading.get(account_id)
        if reading is None:
            reading = asyncio.create_task(self._learn(account_id), name="quota-agreed")
            self._reading[account_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(account_id, None))
        return reading

    async def _learn(self, account_id: UUID) -> Quota:
        """Where the database is away: what was known before, or what is usual."""
        try:
            quota = effective(self._usual, await self._quotas.get(account_id))
        except ServiceUnavailable:
            quota = self._known.get(account_id, (0.0, self._usual))[1]
        self._known.pop(account_id, None)
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[account_id] = (self._clock(), quota)
        return quota


def effective(usual: Quota, agreed: Quota | None) -> Quota:
    """The usual quota with what was agreed in its place."""
    if agreed is None:
        return usual
    return Quota(
        per_minute=_first(agreed.per_minute, usual.per_minute),
        per_hour=_first(agreed.per_hour, usual.per_hour),
        per_day=_first(agreed.per_day, usual.per_day),
    )


def _first(agreed: int | None, usual: int | None) -> int | None:
    return usual if agreed is None else agreed
