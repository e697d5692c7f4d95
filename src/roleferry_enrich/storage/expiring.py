"""What has been kept long enough: found in bounded pieces, oldest first, and deleted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage import tables
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.job_tables import jobs
from roleferry_enrich.storage.opened_rows import opened
from roleferry_enrich.storage.transactions import in_transaction
from roleferry_enrich.storage.webhook_tables import mailbox_reports


class ExpiryRepository:
    """Every method does a bounded piece and raises ServiceUnavailable."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._engine = engine
        self._most = most

    async def people(self, before: datetime) -> Sequence[AnyRow]:
        """Those first collected before."""
        since = tables.people.c.created_at
        return await self._all(
            select(tables.people).where(since < before).order_by(since).limit(self._most)
        )

    async def points(self, kind: str, before: datetime) -> Sequence[AnyRow]:
        """Contact points of a kind, likewise, opened, with the company of whose they are."""
        point, person = tables.contact_points.c, tables.people.c
        statement = (
            select(tables.contact_points, person.company_id)
            .join(
                tables.people,
                (person.account_id == point.account_id) & (person.id == point.person_id),
            )
            .where(point.kind == kind, point.first_collected_at < before)
            .order_by(point.first_collected_at)
            .limit(self._most)
        )

        async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
            rows = (await connection.execute(statement)).all()
            return [each.row for each in await opened(connection, tables.contact_points, rows)]

        return await in_transaction(self._engine, work)

    async def enrichments(self, before: datetime) -> int:
        """Delete those that were asked for before, with what was observed for them."""
        return await self._delete(tables.enrichments, tables.enrichments.c.started_at < before)

    async def history(self, before: datetime) -> int:
        return await self._delete(tables.field_history, tables.field_history.c.changed_at < before)

    async def reports(self, before: datetime) -> int:
        return await self._delete(mailbox_reports, mailbox_reports.c.reported_at < before)

    async def jobs(self, before: datetime) -> int:
        """Those that have ended, with their items."""
        ended = jobs.c.finished_at.is_not(None)
        return await self._delete(jobs, ended & (jobs.c.created_at < before))

    async def said_of(
        self, account_id: UUID, people: Collection[UUID], companies: Collection[UUID]
    ) -> Sequence[AnyRow]:
        """The enrichments in which these people may stand."""
        table = tables.enrichments.c
        return await self._all(
            select(tables.enrichments).where(
                table.account_id == account_id,
                table.person_id.in_(people) | table.company_id.in_(companies),
            )
        )

    # Any: rows type their columns only where they are read.
    async def _all(self, statement: Select[*tuple[Any, ...]]) -> Sequence[AnyRow]:
        async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
            return (await connection.execute(statement)).all()

        return await in_transaction(self._engine, work)

    async def _delete(self, table: Table, which: ColumnElement[bool]) -> int:
        key = list(table.primary_key.columns)
        old = select(*key).where(which).limit(self._most).with_for_update(skip_locked=True)
        statement = delete(table).where(tuple_(*key).in_(old))

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await in_transaction(self._engine, work)
