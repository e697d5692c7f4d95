"""Keeps what was erased when: receipts, and what is to be looked for once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.cursors import Moment, check_limit
from roleferry_enrich.storage.erasure_tables import erasures
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.transactions import in_transaction

_LEASE = timedelta(seconds=60)
FIRST_LOOK = timedelta(seconds=5)
"""More than the two seconds after which every process knows who is suppressed."""
LAST_LOOK = timedelta(seconds=45)
"""Longer than an enrichment, and the calls it left behind, can be under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That somebody was erased; not who."""

    id: UUID
    scope: UUID
    """An account's id, or nil for all of them."""
    requested_at: datetime
    done_at: datetime | None
    counts: Mapping[str, int]
    """Rows by table: deleted, or rid of the person."""


@dataclass(frozen=True, slots=True)
class Due:
    """An erasure that is to be gone through once more."""

    id: UUID
    scope: UUID
    sought: bytes
    """Sealed."""
    is_last: bool
    """Whether what was under way when it was asked for must have ended."""


class ErasureRepository:
    """Every method raises ServiceUnavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, connection: AsyncConnection, receipt: Receipt, sought: bytes) -> None:
        """As part of a larger change. Beginning it again changes nothing."""
        row = insert(erasures).values(
            id=receipt.id,
            scope=receipt.scope,
            requested_at=receipt.requested_at,
            counts=dict(receipt.counts),
            sought=sought,
            due_at=func.clock_timestamp() + FIRST_LOOK,
        )
        await connection.execute(row.on_conflict_do_nothing())

    async def widen(self, erasure_id: UUID, sought: bytes) -> None:
        """Whom to look for the next time, now that more is known of them."""
        table = erasures.c
        statement = update(erasures).where(table.id == erasure_id, table.sought.is_not(None))

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement.values(sought=sought))

        await in_transaction(self._engine, work)

    async def end(self, receipt: Receipt, *, is_last: bool) -> Receipt:
        """As it is kept: the first pass counts. After the last nothing tells who it was."""
        table = erasures.c
        is_first = table.done_at.is_(None)
        values: dict[str, object] = {
            "done_at": func.coalesce(table.done_at, func.clock_timestamp()),
            "counts": case((is_first, literal(receipt.counts, JSONB)), else_=table.counts),
        }
        if is_last:
            values |= {"sought": None, "due_at": None}
        else:
            values["due_at"] = case((is_first, table.due_at), else_=table.requested_at + LAST_LOOK)
        statement = update(erasures).where(table.id == receipt.id).values(**values)

        async def work(connection: AsyncConnection) -> Receipt:
            return _receipt((await connection.execute(statement.returning(*table))).one())

        return await in_transaction(self._engine, work)

    async def due(self, most: int) -> Sequence[Due]:
        """Those to be gone through now; they are another's only when we have not come back."""
        table = erasures.c
        chosen = (
            select(table.id)
            .where(table.due_at <= func.clock_timestamp())
            .order_by(table.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("chosen")
        )
        statement = (
            update(erasures)
            .where(table.id == chosen.c.id)
            .values(due_at=func.clock_timestamp() + _LEASE)
            .returning(
                table.id,
                table.scope,
                table.sought,
                table.requested_at + LAST_LOOK <= func.clock_timestamp(),
            )
        )

        async def work(connection: AsyncConnection) -> Sequence[Due]:
            return [Due(*row) for row in await connection.execute(statement)]

        return await in_transaction(self._engine, work)

    async def known(self, ids: Sequence[UUID]) -> frozenset[UUID]:
        """Which of these this database knows of."""
        statement = select(erasures.c.id).where(erasures.c.id.in_(ids))

        async def work(connection: AsyncConnection) -> frozenset[UUID]:
            return frozenset(await connection.scalars(statement))

        return await in_transaction(self._engine, work)

    async def get(self, scope: UUID | None, erasure_id: UUID) -> Receipt | None:
        """One of that scope; of any where it is None."""
        table = erasures.c
        statement = select(erasures).where(table.id == erasure_id)
        if scope is not None:
            statement = statement.where(table.scope == scope)

        async def work(connection: AsyncConnection) -> Receipt | None:
            row = (await connection.execute(statement)).one_or_none()
            return None if row is None else _receipt(row)

        return await in_transaction(self._engine, work)

    async def page(
        self, scope: UUID, *, after: str | None, limit: int
    ) -> tuple[tuple[Receipt, ...], str | None]:
        """Newest first. Raises InvalidQuery for a cursor that is not of this list."""
        check_limit(limit)
        table = erasures.c
        statement = select(erasures).where(table.scope == scope)
        if after is not None:
            place = Moment.of(after)
            statement = statement.where(
                (table.requested_at < place.created_at)
                | ((table.requested_at == place.created_at) & (table.id < place.id))
            )
        order = (table.requested_at.desc(), table.id.desc())

        async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
            return (await connection.execute(statement.order_by(*order).limit(limit + 1))).all()

        rows = await in_transaction(self._engine, work)
        found = tuple(map(_receipt, rows[:limit]))
        last = found[-1] if len(rows) > limit else None
        return found, Moment(last.requested_at, last.id).cursor() if last else None


def _receipt(row: AnyRow) -> Receipt:
    return Receipt(
        id=row.id,
        scope=row.scope,
        requested_at=row.requested_at,
        done_at=row.done_at,
        counts=row.counts,
    )
