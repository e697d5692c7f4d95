"""Seals what is stored anew, a small piece at a time: under keys, and under the ring's current one.

Whoever is interrupted goes on where it was: rows that are done are no longer found. Meanwhile
everything is read as it is, and what is written is under the current key.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.at_rest import at_rest_of
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.sealed import SubjectKeys, keys_of
from roleferry_enrich.storage.stale_columns import AnyRow, Place, places
from roleferry_enrich.storage.tables import people
from roleferry_enrich.storage.transactions import in_transaction

_AT_ONCE = 200

Told = Callable[[str, int, int], None]
"""Of a table, how many rows are done and how many there are to do."""


class Resealing:
    def __init__(self, engine: AsyncEngine, *, at_once: int = _AT_ONCE) -> None:
        self._engine = engine
        self._at_once = at_once

    async def left(self) -> Mapping[str, int]:
        """Rows that are in clear, or under a key that is not the current one, by table."""

        async def work(connection: AsyncConnection) -> Mapping[str, int]:
            return {place.table.name: await _count(connection, place) for place in places()}

        return await in_transaction(self._engine, work)

    async def run(self, tell: Told) -> int:
        """Seal all of it; how many rows that were. Raises KeyMissing, ServiceUnavailable."""
        total = 0
        for place in places():
            total += await self._of_one(place, tell)
        return total

    async def _of_one(self, place: Place, tell: Told) -> int:
        name = place.table.name
        count = await in_transaction(self._engine, lambda it: _count(it, place))
        done, last = 0, None
        tell(name, 0, count)
        while True:
            rows = await self._slice(place, last)
            if not rows:
                return done
            done, last = done + len(rows), rows[-1]
            tell(name, done, max(count, done))

    async def _slice(self, place: Place, last: AnyRow | None) -> Sequence[AnyRow]:
        async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
            rows = await _stale_rows(connection, place, last, self._at_once)
            if rows:
                await _write(connection, place, rows)
            return rows

        return await in_transaction(self._engine, work)


async def _count(connection: AsyncConnection, place: Place) -> int:
    stale = place.stale(at_rest_of(connection))
    return int(
        await connection.scalar(select(func.count()).select_from(place.table).where(stale)) or 0
    )


async def _stale_rows(
    connection: AsyncConnection, place: Place, last: AnyRow | None, most: int
) -> Sequence[AnyRow]:
    """Locked, in the order of their keys, behind the last one."""
    key = list(place.table.primary_key)
    wanted = select(place.table).where(place.stale(at_rest_of(connection)))
    if last is not None:
        behind = tuple(last._mapping[column] for column in key)  # noqa: SLF001 - a Row's public name
        wanted = wanted.where(tuple_(*key) > behind)
    wanted = wanted.order_by(*key).limit(most).with_for_update(key_share=True)
    return (await connection.execute(wanted)).all()


async def _write(connection: AsyncConnection, place: Place, rows: Sequence[AnyRow]) -> None:
    key = list(place.table.primary_key)
    statement = (
        update(place.table)
        .where(and_(*(column == bindparam(f"key_{column.name}") for column in key)))
        .values({name: bindparam(f"new_{name}") for name in place.columns})
    )
    changed = []
    for account_id, mine in groupby(rows, key=lambda row: getattr(row, "account_id", None)):
        theirs = list(mine)
        keys = await _keys(connection, place, account_id, theirs)
        for row in theirs:
            values = {f"new_{name}": value for name, value in place.sealed(row, keys).items()}
            where = {f"key_{column.name}": row._mapping[column] for column in key}  # noqa: SLF001
            changed.append({**values, **where})
    await connection.execute(statement, changed)


async def _keys(
    connection: AsyncConnection, place: Place, account_id: UUID | None, rows: Sequence[AnyRow]
) -> SubjectKeys:
    if place.subject is None or account_id is None:
        return SubjectKeys(at_rest_of(connection), {})
    subjects = {getattr(row, place.subject) for row in rows} - {None}
    keys = await keys_of(connection, account_id, subjects)
    if place.table is not people:
        return keys
    # Their rows are locked, so that nobody else makes them keys at the same moment.
    made = {each: keys.at_rest.new_key(account_id, each) for each in subjects - keys.of.keys()}
    if made:
        wrapped = [
            {"account_id": account_id, "subject_id": each, "wrapped": frame}
            for each, (_, frame) in made.items()
        ]
        await connection.execute(insert(subject_keys), wrapped)
    return SubjectKeys(keys.at_rest, {**keys.of, **{each: key for each, (key, _) in made.items()}})
