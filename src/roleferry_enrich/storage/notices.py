"""Which stored people have been told that we have their data (Article 14 of the GDPR)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.records import ContactKind, ContactPoint
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.storage.contact_points import known_of
from roleferry_enrich.storage.cursors import Moment, check_limit
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.erasure_tables import notices
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.tables import people
from roleferry_enrich.storage.transactions import Alongside, in_transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnoticed:
    """Somebody who has not been told yet."""

    contact_id: UUID
    full_name: str | None
    email: str | None
    """The surest address, by which they can be told."""
    providers: Sequence[str]
    """From whom their data came, which they are to be told."""
    first_seen_at: datetime


class NoticeRepository:
    """Of one account at a time. Every method raises ServiceUnavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def unnoticed(
        self, account_id: UUID, *, after: str | None, limit: int
    ) -> Page[Unnoticed]:
        """Those seen first come first. Raises InvalidQuery for a cursor not of this list."""
        check_limit(limit)
        table = people.c
        told = (
            select(notices.c.person_id)
            .where(notices.c.account_id == table.account_id, notices.c.person_id == table.id)
            .exists()
        )
        statement = select(table.id, table.full_name, table.providers, table.created_at).where(
            table.account_id == account_id, ~told
        )
        if after is not None:
            place = Moment.of(after)
            statement = statement.where(
                (table.created_at > place.created_at)
                | ((table.created_at == place.created_at) & (table.id > place.id))
            )
        statement = statement.order_by(table.created_at, table.id).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[Unnoticed]:
            rows = (await connection.execute(statement)).all()
            shown, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
            known = await known_of(connection, account_id, [row.id for row in shown])
            return Page(
                items=tuple(_unnoticed(row, known.points.get(row.id, ())) for row in shown),
                next=Moment(last.created_at, last.id).cursor() if last else None,
            )

        return await in_transaction(self._engine, work)

    async def mark_told(
        self,
        account_id: UUID,
        contacts: Sequence[UUID],
        how: str,
        at: datetime,
        alongside: Alongside[int] | None = None,
    ) -> int:
        """How many of these were not told yet and are there; told again, the first time counts."""
        table = people.c
        mine = select(
            table.account_id,
            table.id,
            literal(at, notices.c.told_at.type),
            literal(storable(how), notices.c.how.type),
        ).where(table.account_id == account_id, table.id.in_(contacts))
        statement = insert(notices).from_select(["account_id", "person_id", "told_at", "how"], mine)

        async def work(connection: AsyncConnection) -> int:
            marked = (await connection.execute(statement.on_conflict_do_nothing())).rowcount
            if alongside is not None:
                await alongside(connection, marked)
            return marked

        return await in_transaction(self._engine, work)


def _unnoticed(row: AnyRow, surest_first: Sequence[ContactPoint]) -> Unnoticed:
    emails = (point.value for point in surest_first if point.kind is ContactKind.EMAIL)
    return Unnoticed(
        contact_id=row.id,
        full_name=row.full_name,
        email=next(emails, None),
        providers=tuple(row.providers),
        first_seen_at=row.created_at,
    )
