"""Finds rows by what stands in them, and edits them: a bounded slice in each transaction.

For the rare work that must miss nothing, whatever column or spelling; never for an answer.
"""

import re
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
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

from roleferry_enrich.in_turns import in_turns
from roleferry_enrich.storage.documents import encode
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.opened_rows import Opened, opened, sealed_columns
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
    """Columns that are searched as text."""
    ids: tuple[str, ...] = ()
    """Columns that may refer to what was found elsewhere."""
    digests: tuple[str, ...] = ()
    """Columns that know people by digests alone. Without any column, every row is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows to look at."""

    account_id: UUID | None
    """None for those of all accounts."""
    patterns: Sequence[str]
    """Without any, only rows that refer to one of the ids are looked at."""
    ids: Collection[UUID] = ()
    digests: Collection[str] = ()


async def edit_rows(
    engine: AsyncEngine, place: Place, wanted: Wanted, edit: Callable[[AnyRow], Edit]
) -> int:
    """How many rows were changed or deleted. `edit` may be asked about a row more than once."""
    count, after = 0, None
    while True:

        async def work(connection: AsyncConnection, start: Key | None = after) -> _Edited:
            meant, last = await _meant(connection, place, wanted, start)
            keys = [_key_of(place.table, each.stored) for each in meant]
            rows = await _rows(connection, place, keys, lock=True)
            return await _edited(connection, place.table, rows, edit), last

        changed, after = await in_transaction(engine, work)
        count += changed
        if after is None:
            return count


async def read_rows(engine: AsyncEngine, place: Place, wanted: Wanted) -> AsyncIterator[AnyRow]:
    """The rows that may be meant, opened, for the caller to judge; none that was shredded."""
    after = None
    while True:

        async def work(connection: AsyncConnection, start: Key | None = after) -> _Read:
            meant, last = await _meant(connection, place, wanted, start)
            return [each.row for each in meant if not each.is_shredded], last

        rows, after = await in_transaction(engine, work)
        for row in rows:
            yield row
        if after is None:
            return


_Edited = tuple[int, Key | None]
_Read = tuple[Sequence[AnyRow], Key | None]


async def _meant(
    connection: AsyncConnection, place: Place, wanted: Wanted, after: Key | None
) -> tuple[Sequence[Opened], Key | None]:
    """Of a slice: what the database finds, less what is another's once it is opened."""
    if not _is_read_whole(place):
        hits, last = await _hits(connection, place, wanted, after)
        return await opened(connection, place.table, await _rows(connection, place, hits)), last
    rows, last = await _window(connection, place, wanted, after)
    patterns = [_pattern(each) for each in wanted.patterns]
    found = in_turns(await opened(connection, place.table, rows))
    return [it async for it in found if _is_meant(place, wanted, patterns, it.row)], last


def _is_meant(
    place: Place, wanted: Wanted, patterns: Sequence[re.Pattern[str]], row: AnyRow
) -> bool:
    if any(getattr(row, name) in wanted.ids for name in place.ids):
        return True
    values = [getattr(row, name) for name in place.texts]
    written = " ".join(it if isinstance(it, str) else encode(it) for it in values if it is not None)
    return any(pattern.search(written) for pattern in patterns)


def _pattern(written: str) -> re.Pattern[str]:
    """As PostgreSQL reads it."""
    ours = written.replace("[:space:]", r"\s").replace("[:ascii:]", r"\x00-\x7f")
    return re.compile(ours, re.IGNORECASE)


async def _hits(
    connection: AsyncConnection, place: Place, wanted: Wanted, after: Key | None
) -> tuple[Sequence[Key], Key | None]:
    """Keys of a slice's rows that match, and where to go on; None at the end."""
    size = _SLICE if _columns(place) else _SHORT_SLICE
    part = _slice(place, wanted, after, size).subquery()
    keys = [part.c[column.name] for column in place.table.primary_key.columns]
    statement = select(*keys, _matches(place, part)).order_by(*keys)
    rows = (await connection.execute(statement, _given(wanted))).all()
    last = tuple(rows[-1][:-1]) if len(rows) == size else None
    return [tuple(row[:-1]) for row in rows if row[-1]], last


async def _window(
    connection: AsyncConnection, place: Place, wanted: Wanted, after: Key | None
) -> tuple[Sequence[AnyRow], Key | None]:
    """The rows of a slice into which the database cannot look, and where to go on."""
    statement = _slice(place, wanted, after, _SHORT_SLICE)
    rows = (await connection.execute(statement, _given(wanted))).all()
    return rows, _key_of(place.table, rows[-1]) if len(rows) == _SHORT_SLICE else None


def _slice(place: Place, wanted: Wanted, after: Key | None, size: int) -> Select[Any]:
    table = place.table
    window = select(table).where(_scope(table, wanted), _behind(table, after))
    if _columns(place) and not (place.texts and wanted.patterns):
        window = window.where(_refers(place, table.c))  # which an index finds
    return window.order_by(*table.primary_key.columns).limit(size)


def _given(wanted: Wanted) -> Mapping[str, object]:
    return {name: list(getattr(wanted, name)) for name in ("patterns", "ids", "digests")}


async def _rows(
    connection: AsyncConnection, place: Place, hits: Sequence[Key], *, lock: bool = False
) -> Sequence[AnyRow]:
    if not hits:
        return ()
    columns = list(place.table.primary_key.columns)
    statement = select(place.table).where(tuple_(*columns).in_(hits)).order_by(*columns)
    return (await connection.execute(statement.with_for_update() if lock else statement)).all()


def _matches(place: Place, part: Any) -> ColumnElement[bool]:
    if not _columns(place):
        return true()
    refers = func.coalesce(_refers(place, part.c), false())
    if not place.texts:
        return refers
    written = func.concat_ws(" ", *(cast(part.c[name], Text) for name in place.texts))
    patterns = any_(bindparam("patterns", type_=ARRAY(Text)))
    return or_(func.coalesce(written.op("~*")(patterns), false()), refers)


# Any: columns of a table or of a part of it.
def _refers(place: Place, columns: Any) -> ColumnElement[bool]:
    ids = any_(bindparam("ids", type_=ARRAY(Uuid)))
    digests = any_(bindparam("digests", type_=ARRAY(Text)))
    return or_(
        false(),
        *(columns[name] == ids for name in place.ids),
        *(columns[name] == digests for name in place.digests),
    )


def _is_read_whole(place: Place) -> bool:
    """What is sealed is opened to be looked at."""
    return bool(sealed_columns(place.table) & set(place.texts))


def _columns(place: Place) -> Sequence[str]:
    return (*place.texts, *place.ids, *place.digests)


def _key_of(table: Table, row: AnyRow) -> Key:
    return tuple(getattr(row, column.name) for column in table.primary_key.columns)


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
    async for each in in_turns(await opened(connection, table, rows)):
        mine = list(_this(columns, each.stored))
        match edit(each.row):
            case Fate.KEPT:
                continue
            case Fate.DELETED:
                await connection.execute(delete(table).where(*mine))
            case changes:
                values = each.sealed(table, changes)
                await connection.execute(update(table).where(*mine).values(**values))
        changed += 1
    return changed


def _this(columns: Sequence[Any], row: AnyRow) -> Iterator[ColumnElement[bool]]:
    return (column == getattr(row, column.name) for column in columns)
