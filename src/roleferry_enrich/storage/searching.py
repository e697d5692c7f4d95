"""Finds rows by what stands in them, and edits them: a bounded slice in each transaction.

For the rare work that must miss nothing, whatever column or spelling; never for an answer.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.transactions import in_transaction

_SLICE = 1_000
_SHORT_SLICE = 200
"""Where every row is read whole."""
# Any: values of a primary key, of whatever type.
Key = tuple[Any, ...]


class Fate(Enum):
    KEPT = 0
    DELETED = 1


Edit = Mapping[str, object] | Literal[Fate.KEPT, Fate.DELETED]
"""What is to become of a row; a mapping has the columns that change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table in which people are found."""

    table: Table
    texts: tuple[str, ...] = ()
    """Columns that are searched as text; without any, every row is looked at."""
    ids: tuple[str, ...] = ()
    """Columns that may refer to what was found elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows to look at."""

    account_id: UUID | None
    """None for those of all accounts."""
    patterns: Sequence[str]
    """Without any, only rows that refer to one of the ids are looked at."""
    ids: Collection[UUID] = ()


async def edit_rows(
    engine: AsyncEngine, place: Place, wanted: Wanted, edit: Callable[[AnyRow], Edit]
) -> int:
    """How many rows were changed or deleted. `edit` may be asked about a row more than once."""
    count, after = 0, None
    while True:

        async def work(connection: AsyncConnection, start: Key | None = after) -> _Edited:
            hits, last = await _hits(connection, place, wanted, start)
            rows = await _rows(connection, place.table, hits, lock=True)
            return await _edited(connection, place.table, rows, edit), last

        changed, after = await in_transaction(engine, work)
        count += changed
        if after is None:
            return count


async def read_rows(engine: AsyncEngine, place: Place, wanted: Wanted) -> AsyncIterator[AnyRow]:
    """The rows that may be meant, for the caller to judge."""
    after = None
    while True:

        async def work(connection: AsyncConnection, start: Key | None = after) -> _Read:
            hits, last = await _hits(connection, place, wanted, start)
            return await _rows(connection, place.table, hits, lock=False), last

        rows, after = await in_transaction(engine, work)
        for row in rows:
            yield row
        if after is None:
            return


_Edited = tuple[int, Key | None]
_Read = tuple[Sequence[AnyRow], Key | None]


async def _hits(
    connection: AsyncConnection, place: Place, wanted: Wanted, after: Key | None
) -> tuple[Sequence[Key], Key | None]:
    """Keys of a slice's rows that match, and where to go on; None at the end."""
    size = _SLICE if place.texts else _SHORT_SLICE
    key = place.table.primary_key.columns
    window = select(place.table).where(_scope(place.table, wanted), _behind(place.table, after))
    if place.texts and not wanted.patterns:
        window = window.where(_refers(place, place.table.c))  # which an index finds
    part = window.order_by(*key).limit(size).subquery()
    keys = [part.c[column.name] for column in key]
    statement = select(*keys, _matches(place, part)).order_by(*keys)
    given = {"patterns": list(wanted.patterns), "ids": list(wanted.ids)}
    rows = (await connection.execute(statement, given)).all()
    last = tuple(rows[-1][:-1]) if len(rows) == size else None
    return [tuple(row[:-1]) for row in rows if row[-1]], last


async def _rows(
    connection: AsyncConnection, table: Table, hits: Sequence[Key], *, lock: bool
) -> Sequence[AnyRow]:
    if not hits:
        return ()
    columns = list(table.primary_key.columns)
    statement = select(table).where(tuple_(*columns).in_(hits)).order_by(*columns)
    return (await connection.execute(statement.with_for_update() if lock else statement)).all()


def _matches(place: Place, part: Any) -> ColumnElement[bool]:
    if not place.texts:
        return true()
    written = func.concat_ws(" ", *(cast(part.c[name], Text) for name in place.texts))
    patterns = any_(bindparam("patterns", type_=ARRAY(Text)))
    named = func.coalesce(written.op("~*")(patterns), false())
    return or_(named, func.coalesce(_refers(place, part.c), false()))


# Any: columns of a table or of a part of it.
def _refers(place: Place, columns: Any) -> ColumnElement[bool]:
    ids = any_(bindparam("ids", type_=ARRAY(Uuid)))
    return or_(false(), *(columns[name] == ids for name in place.ids))


def _scope(table: Table, wanted: Wanted) -> ColumnElement[bool]:
    if wanted.account_id is None or "account_id" not in table.c:
        return true()
    return table.c.account_id == wanted.account_id


def _behind(table: Table, after: Key | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    columns = list(table.primary_key.columns)
    last = [literal(value, it.type) for it, value in zip(columns, after, strict=True)]
    return tuple_(*columns) > tuple_(*last)


async def _edited(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[AnyRow],
    edit: Callable[[AnyRow], Edit],
) -> int:
    columns = list(table.primary_key.columns)
    changed = 0
    for row in rows:
        match edit(row):
            case Fate.KEPT:
                continue
            case Fate.DELETED:
                await connection.execute(delete(table).where(*_this(columns, row)))
            case values:
                await connection.execute(update(table).where(*_this(columns, row)).values(**values))
        changed += 1
    return changed


def _this(columns: Sequence[Any], row: AnyRow) -> Iterator[ColumnElement[bool]]:
    return (column == getattr(row, column.name) for column in columns)
