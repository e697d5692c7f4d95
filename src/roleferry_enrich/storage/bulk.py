"""Writes any number of rows of any number of tables in one statement and one round trip.

The rows travel as one JSON document per table and PostgreSQL spreads them over the columns
(`jsonb_populate_recordset`): a fraction of the client's time that row-wise parameters cost, and
the number of rows never changes the statement, so that it stays prepared.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Insert, Select, Table, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

_ALWAYS_NEW = frozenset({"subject_keys"})
"""Where another's row in the way must fail the transaction: what it seals would be lost."""

Row = Mapping[str, object]
"""Column name to a value that `documents.encode` knows. All rows of a table name the same."""


async def write(
    connection: AsyncConnection,
    rows: Mapping[Table, Sequence[Row]],
    *,
    replacing: frozenset[Table] = frozenset(),
) -> None:
    """Insert rows that are not there; in the tables of `replacing`, update those that are.

    A table's rows must have distinct primary keys.
    """
    present = {table: table_rows for table, table_rows in rows.items() if table_rows}
    if not present:
        return
    shapes = tuple(
        (table, tuple(table_rows[0]), table in replacing) for table, table_rows in present.items()
    )
    await connection.execute(
        _statement(shapes), {_parameter(table): list(found) for table, found in present.items()}
    )


@cache
def _statement(shapes: tuple[tuple[Table, tuple[str, ...], bool], ...]) -> Select[int]:
    inserts = (_insert(*shape).cte(f"into_{shape[0].name}") for shape in shapes)
    return select(literal(1)).add_cte(*inserts)


def _insert(table: Table, columns: tuple[str, ...], replace: bool) -> Insert:  # noqa: FBT001
    rows = func.jsonb_populate_recordset(
        literal_column(f"NULL::{table.name}"), bindparam(_parameter(table), type_=JSONB)
    ).table_valued(*(table.c[name] for name in columns), name="given")
    statement = insert(table).from_select(columns, select(*(rows.c[name] for name in columns)))
    key = [column.name for column in table.primary_key]
    if table.name in _ALWAYS_NEW:
        return statement
    if not replace:
        return statement.on_conflict_do_nothing(index_elements=key)
    updated = {name: _kept(table, name, statement.excluded[name]) for name in columns}
    clock = {name: func.now() for name in ("updated_at", "completed_at") if name in table.c}
    return statement.on_conflict_do_update(
        index_elements=key,
        set_={name: value for name, value in (updated | clock).items() if name not in key},
    )


def _kept(table: Table, name: str, given: ColumnElement[object]) -> ColumnElement[object]:
    """What an update makes of a column, given the new value."""
    match table.name, name:
        case "contact_points", "first_collected_at":
            # A refresh never moves the day from which expiry counts.
            return func.least(table.c[name], given)
        case ("people", "company_id") | ("enrichment_usage", "key_id"):
            return func.coalesce(given, table.c[name])
        case _:
            return given


def _parameter(table: Table) -> str:
    return f"{table.name}_rows"
