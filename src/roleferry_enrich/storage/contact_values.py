"""Every address and number stored, of every account, a few thousand at a time."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.tables import contact_points
from roleferry_enrich.storage.transactions import in_transaction

_A_TIME = 5_000
_KINDS = ("email", "phone")


async def contact_values(engine: AsyncEngine) -> AsyncIterator[tuple[UUID, UUID, str, str]]:
    """Account, person, kind and value. Raises ServiceUnavailable."""
    after: tuple[UUID, UUID, str, str] | None = None
    while True:
        rows = await _some(engine, after)
        for row in rows:
            yield row.account_id, row.person_id, row.kind, row.value
        if len(rows) < _A_TIME:
            return
        last = rows[-1]
        after = last.account_id, last.person_id, last.kind, last.value


async def _some(engine: AsyncEngine, after: tuple[UUID, UUID, str, str] | None) -> list[AnyRow]:
    point = contact_points.c
    place = tuple_(point.account_id, point.person_id, point.kind, point.value)
    wanted = select(point.account_id, point.person_id, point.kind, point.value)
    wanted = wanted.where(point.kind.in_(_KINDS)).order_by(place).limit(_A_TIME)
    if after is not None:
        wanted = wanted.where(place > tuple_(*map(literal, after)))

    async def work(connection: AsyncConnection) -> list[AnyRow]:
        return list((await connection.execute(wanted)).all())

    return await in_transaction(engine, work)
