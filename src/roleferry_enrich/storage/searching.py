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

from roleferry_enrich.storage.documents import encode
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.opened_rows import Opened, is_searched_whole, opened
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
            rows = await _rows(connection, place.table, keys, lock=True)
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
    hits, last = await _hits(connection, place, wanted, after)
    rows = await _rows(connection, place.table, hits, lock=False)
    found = await opened(connection, place.table, rows)
    if not place.texts or not is_searched_whole(place.table):
        return found, last
    patterns = [_pattern(each) for each in wanted.patterns]
    return [each for each in found if _is_meant(place, wanted, patterns, each.row)], last


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
    is_short = is_searched_whole(place.table) or not _columns(place)
    size = _SHORT_SLICE if is_short else _SLICE
    key = place.table.primary_key.columns
    window = select(place.table).where(_scope(place.table, wanted), _behind(place.table, after))
    if _columns(place) and not (place.texts and wanted.patterns):
        window = window.where(_refers(place, place.table.c))  # which an index finds
    part = window.order_by(*key).limit(size).subquery()
    keys = [part.c[column.name] for column in key]
    statement = select(*keys, _matches(place, part)).order_by(*keys)
    given = {name: list(getattr(wanted, name)) for name in ("patterns", "ids", "digests")}
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
    if not _columns(place):
        return true()
    refers = func.coalesce(_refers(place, part.c), false())
    if not place.texts:
        return refers
    written = func.concat_ws(" ", *(cast(part.c[name], Text) for name in place.texts))
    patterns = any_(bindparam("patterns", type_=ARRAY(Text)))
    named = func.coalesce(written.op("~*")(patterns), false())
    # What is sealed is opened to be looked at.
    sealed = written.contains("sealed") if is_searched_whole(place.table) else false()
    return or_(named, refers, sealed)


# Any: columns of a table or of a part of it.
def _refers(place: Place, columns: Any) -> ColumnElement[bool]:
    ids = any_(bindparam("ids", type_=ARRAY(Uuid)))
    digests = any_(bindparam("digests", type_=ARRAY(Text)))
    return or_(
        false(),
        *(columns[name] == ids for name in place.ids),
        *(columns[name] == digests for name in place.digests),
    )


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
    for each in await opened(connection, table, rows):
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
