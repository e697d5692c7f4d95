"""Keeps the audit log, to which is only added; the database refuses everything else."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.account_tables import audit_log
from roleferry_enrich.storage.cursors import Moment, check_limit
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.transactions import in_transaction

_TABLE = audit_log.c
_MAY_END = text("SET LOCAL roleferry.audit_retention = 'on'")
_SWEEP = text("""
    DELETE FROM audit_log AS known
    USING (
        SELECT account_id, id FROM audit_log
        WHERE at <= clock_timestamp() - :kept_for ORDER BY at LIMIT :most
    ) AS old
    WHERE (known.account_id, known.id) = (old.account_id, old.id)
""").bindparams(bindparam("kept_for", type_=Interval))


class AuditRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        """Adding again changes nothing. Raises ServiceUnavailable."""
        await in_transaction(self._engine, lambda connection: self.add_within(connection, entries))

    async def add_within(self, connection: AsyncConnection, entries: Sequence[AuditEntry]) -> None:
        """In the transaction of what was changed."""
        await bulk.write(connection, {audit_log: [_row(entry) for entry in entries]})

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[AuditEntry]:
        """The newest first. Raises InvalidQuery for a cursor of another list."""
        check_limit(limit)
        wanted = select(audit_log).where(_TABLE.account_id == account_id)
        if after is not None:
            place = Moment.of(after)
            wanted = wanted.where(tuple_(_TABLE.at, _TABLE.id) < (place.created_at, place.id))
        wanted = wanted.order_by(_TABLE.at.desc(), _TABLE.id.desc()).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[AuditEntry]:
            rows = (await connection.execute(wanted)).all()
            last = rows[limit - 1] if len(rows) > limit else None
            return Page(
                items=tuple(map(_entry, rows[:limit])),
                next=Moment(last.at, last.id).cursor() if last else None,
            )

        return await in_transaction(self._engine, work)

    async def sweep(self, kept_for: timedelta, most: int) -> int:
        """Forget what was kept long enough: the one thing that takes from the log."""

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(_MAY_END)
            given = {"kept_for": kept_for, "most": most}
            return (await connection.execute(_SWEEP, given)).rowcount

        return await in_transaction(self._engine, work)


def _row(entry: AuditEntry) -> bulk.Row:
    return {
        "account_id": entry.account_id,
        "id": entry.id,
        "at": entry.at,
        "key_id": entry.key_id,
        "operation": entry.operation,
        "resource": entry.resource,
        "subjects": ["\\x" + subject.hex() for subject in entry.subjects],
        "status": entry.status,
    }


def _entry(row: AnyRow) -> AuditEntry:
    return AuditEntry(
        id=UUID(str(row.id)),
        account_id=UUID(str(row.account_id)),
        at=row.at,
        key_id=row.key_id,
        operation=row.operation,
        resource=row.resource,
        subjects=[bytes(subject) for subject in row.subjects],
        status=row.status,
    )
