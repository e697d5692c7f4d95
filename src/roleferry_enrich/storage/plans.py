"""The plans of accounts, as known a few seconds ago; only who comes after a pause waits."""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.credits import AccountPlan, Caps, Prices
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import NotFound, ServiceUnavailable
from roleferry_enrich.storage.credit_tables import account_plans
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.transactions import in_transaction

_READ_AGAIN_S = 3.0
# What a process without requests knows grows old, and what was granted or capped meanwhile counts.
_TOO_OLD_S = 10.0
_PATIENCE_S = 0.5
# A plan is committed a little after the moment it bears.
_OVERLAP = timedelta(minutes=1)


class Plans:
    """All that differ from the settings, in memory. Once in a while the changed ones are read."""

    def __init__(
        self,
        engine: AsyncEngine,
        otherwise: AccountPlan,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._otherwise = otherwise
        self._clock = clock
        self._known: dict[UUID, AccountPlan] = {}
        self._read_at: float | None = None
        self._changed_at: datetime | None = None
        self._reading: asyncio.Task[None] | None = None
        self._in_order = asyncio.Lock()

    async def of(self, account_id: UUID) -> AccountPlan:
        """Raises ServiceUnavailable where none was ever read."""
        age = math.inf if self._read_at is None else self._clock() - self._read_at
        if age >= _READ_AGAIN_S:
            reading = self._read_once()
            if self._read_at is None:
                await asyncio.shield(reading)
            elif age >= _TOO_OLD_S:
                await asyncio.wait({reading}, timeout=_PATIENCE_S)
        return self._known.get(account_id, self._otherwise)

    async def as_of(self, moment: datetime) -> None:
        """Know what was so at that moment of the database's clock. Raises ServiceUnavailable."""
        if self._changed_at is None or self._changed_at < moment:
            await self._read()

    async def change(self, account_id: UUID, changed: Mapping[str, object]) -> None:
        """Set columns of `account_plans`; None takes a value back. Raises NotFound."""
        row = insert(account_plans).values({**changed, "account_id": account_id})
        statement = row.on_conflict_do_update(
            index_elements=["account_id"], set_={**changed, "updated_at": func.now()}
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        try:
            await in_transaction(self._engine, work)
        except IntegrityError as error:
            raise NotFound("there is no such account") from error
        await self._read()

    def _read_once(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_if_possible())
        return self._reading

    async def _read_if_possible(self) -> None:
        """While the database is away the plans are what they were."""
        with suppress(*(() if self._read_at is None else (ServiceUnavailable,))):
            await self._read()

    async def _read(self) -> None:
        statement = select(account_plans)
        if self._changed_at is not None:
            statement = statement.where(account_plans.c.updated_at > self._changed_at - _OVERLAP)

        async def work(connection: AsyncConnection) -> tuple[list[AnyRow], datetime]:
            now = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            return list(await connection.execute(statement)), now

        async with self._in_order:  # what was read first must not come last
            with acting_for(None):  # a request that reads them reads those of all
                found, now = await in_transaction(self._engine, work)
            self._known |= {row.account_id: _plan(row, self._otherwise) for row in found}
            self._changed_at, self._read_at = now, self._clock()


def _plan(row: AnyRow, otherwise: AccountPlan) -> AccountPlan:
    prices, caps = otherwise.prices, otherwise.caps
    return AccountPlan(
        is_metered=row.is_metered,
        prices=Prices(
            enrichment=_or(row.enrichment_price, prices.enrichment),
            fields=prices.fields if row.field_prices is None else row.field_prices,
            cached=_or(row.cached_price, prices.cached),
            verification=_or(row.verification_price, prices.verification),
        ),
        caps=Caps(
            request=_cap(row.cap_request, caps.request),
            job=_cap(row.cap_job, caps.job),
            day=_cap(row.cap_day, caps.day),
            month=_cap(row.cap_month, caps.month),
        ),
    )


def _or(own: int | None, otherwise: int) -> int:
    return otherwise if own is None else own


def _cap(own: int | None, otherwise: MicroUsd | None) -> MicroUsd | None:
    return otherwise if own is None else MicroUsd(own)
