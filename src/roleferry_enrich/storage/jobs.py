"""Batch jobs as their owners see them: created, counted, listed, cancelled, retried, read."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Interval, Table, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.batches import (
    RETRIED,
    UNFINISHED,
    ItemResult,
    ItemState,
    Job,
    JobPriority,
    NewJob,
    RowFault,
)
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import Conflict
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.at_rest import Key, at_rest_of
from roleferry_enrich.storage.cursors import Moment, Number, check_limit
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.job_events import announce_end
from roleferry_enrich.storage.job_tables import job_items, jobs
from roleferry_enrich.storage.people_keys import read_enrichments
from roleferry_enrich.storage.sealed import (
    ITEM,
    REFERENCE,
    opened_text,
    sealed_document,
    sealed_text,
)
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.tables import enrichments
from roleferry_enrich.storage.transactions import Alongside, in_transaction

_PACE_WINDOW = timedelta(minutes=1)
_SUMMARISE = statement("summarise_jobs").bindparams(bindparam("window", type_=Interval))
_CANCEL_ITEMS = text("""
    UPDATE job_items SET state = 'cancelled', settled_at = clock_timestamp(), lease_until = NULL
    WHERE account_id = :account_id AND job_id = :job_id AND state IN ('queued', 'running')
""")
_END_SUPPRESSED = text("""
    UPDATE job_items SET settled_at = clock_timestamp()
    WHERE account_id = :account_id AND job_id = :job_id AND state = 'suppressed'
""")
_CANCEL_JOB = text("""
    UPDATE jobs SET cancelled_at = clock_timestamp(), finished_at = clock_timestamp()
    WHERE account_id = :account_id AND id = :job_id AND finished_at IS NULL
    RETURNING account_id, id, total, callback_url, finished_at
""")
_RETRY_ITEMS = text("""
    UPDATE job_items
    SET state = 'queued', reason = NULL, settled_at = NULL, next_at = clock_timestamp(),
        deaths = 0, delays = 0, held = 0
    WHERE account_id = :account_id AND job_id = :job_id AND state = ANY (:states)
""")
_REOPEN_JOB = text("""
    UPDATE jobs SET finished_at = NULL, progress = 0
    WHERE account_id = :account_id AND id = :job_id
""")


class JobRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self, account_id: UUID, new: NewJob, alongside: Alongside[Job] | None = None
    ) -> Job:
        """The job with all its items, committed. Raises ServiceUnavailable."""
        job_id = uuid4()
        mine = {"account_id": account_id, "job_id": job_id}
        # Sealing ten thousand items takes longer than others should wait for us.
        rows = await asyncio.to_thread(_rows, account_id, job_id, new, at_rest_of(self._engine))

        async def work(connection: AsyncConnection) -> Job:
            await bulk.write(connection, rows)
            if any(item.is_suppressed for item in new.items):
                await connection.execute(_END_SUPPRESSED, mine)
            job = await _job(connection, account_id, job_id, alongside)
            assert job is not None
            return job

        return await in_transaction(self._engine, work)

    async def get(self, account_id: UUID, job_id: UUID) -> Job | None:
        return await in_transaction(
            self._engine, lambda connection: _job(connection, account_id, job_id)
        )

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[Job]:
        """Newest first. Raises InvalidQuery for a cursor of another list."""
        check_limit(limit)
        table = jobs.c
        wanted = select(jobs).where(table.account_id == account_id)
        if after is not None:
            place = Moment.of(after)
            wanted = wanted.where(tuple_(table.created_at, table.id) < (place.created_at, place.id))
        wanted = wanted.order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[Job]:
            rows = (await connection.execute(wanted)).all()
            last = rows[limit - 1] if len(rows) > limit else None
            return Page(
                items=tuple(await _summarised(connection, account_id, rows[:limit])),
                next=Moment(last.created_at, last.id).cursor() if last else None,
            )

        return await in_transaction(self._engine, work)

    async def cancel(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        """End every item that has not ended; a job that has ended stays as it is."""
        mine = {"account_id": account_id, "job_id": job_id}

        async def work(connection: AsyncConnection) -> Job | None:
            await _lock(connection, account_id, job_id)
            ended = (await connection.execute(_CANCEL_JOB, mine)).one_or_none()
            if ended is not None:
                await connection.execute(_CANCEL_ITEMS, mine)
                await announce_end(connection, ended)
            return await _job(connection, account_id, job_id, alongside)

        return await in_transaction(self._engine, work)

    async def retry(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        """Queue what failed once more. Raises Conflict for a job that was cancelled."""
        mine = {"account_id": account_id, "job_id": job_id}
        states = [state.value for state in RETRIED]

        async def work(connection: AsyncConnection) -> Job | None:
            await _lock(connection, account_id, job_id)
            job = await _job(connection, account_id, job_id)
            if job is None:
                return None
            if job.cancelled_at is not None:
                raise Conflict("the job was cancelled")
            if (await connection.execute(_RETRY_ITEMS, {**mine, "states": states})).rowcount:
                await connection.execute(_REOPEN_JOB, mine)
            return await _job(connection, account_id, job_id, alongside)

        return await in_transaction(self._engine, work)

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]:
        """The items that have ended, in the order they were sent, with their answers as known now.

        Raises InvalidQuery for a cursor of another list.
        """
        check_limit(limit)
        item = job_items.c
        wanted = (
            select(job_items, enrichments.c.result)
            .outerjoin(
                enrichments,
                (enrichments.c.account_id == item.account_id)
                & (enrichments.c.id == item.enrichment_id),
            )
            .where(
                item.account_id == account_id,
                item.job_id == job_id,
                item.number > (0 if after is None else Number.of(after).value),
                item.state.not_in([state.value for state in UNFINISHED]),
            )
            .order_by(item.number)
            .limit(limit + 1)
        )

        async def work(connection: AsyncConnection) -> Page[ItemResult]:
            rows = (await connection.execute(wanted)).all()
            last = rows[limit - 1] if len(rows) > limit else None
            shown = rows[:limit]
            known = await read_enrichments(connection, account_id, [row.result for row in shown])
            ring = at_rest_of(connection)
            return Page(
                items=tuple(_result(row, it, ring) for row, it in zip(shown, known, strict=True)),
                next=Number(last.number).cursor() if last else None,
            )

        return await in_transaction(self._engine, work)


async def _lock(connection: AsyncConnection, account_id: UUID, job_id: UUID) -> None:
    mine = select(jobs.c.id).where(jobs.c.account_id == account_id, jobs.c.id == job_id)
    await connection.execute(mine.with_for_update())


async def _job(
    connection: AsyncConnection,
    account_id: UUID,
    job_id: UUID,
    alongside: Alongside[Job] | None = None,
) -> Job | None:
    mine = select(jobs).where(jobs.c.account_id == account_id, jobs.c.id == job_id)
    rows = (await connection.execute(mine)).all()
    found = await _summarised(connection, account_id, rows)
    if alongside is not None and found:
        await alongside(connection, found[0])
    return found[0] if found else None


async def _summarised(
    connection: AsyncConnection, account_id: UUID, rows: Sequence[AnyRow]
) -> Sequence[Job]:
    if not rows:
        return ()
    given = {
        "account_id": account_id,
        "job_ids": [row.id for row in rows],
        "window": _PACE_WINDOW,
    }
    states = (await connection.execute(_SUMMARISE, given)).all()
    return [_job_of(row, [state for state in states if state.job_id == row.id]) for row in rows]


def _job_of(row: AnyRow, states: Sequence[AnyRow]) -> Job:
    return Job(
        id=UUID(str(row.id)),
        account_id=UUID(str(row.account_id)),
        created_at=row.created_at,
        priority=JobPriority(row.priority),
        max_cost=None if row.max_cost is None else MicroUsd(row.max_cost),
        callback_url=row.callback_url,
        total=row.total,
        faults=tuple(read(fault, RowFault) for fault in row.faults),
        refused=row.refused,
        columns=row.columns,
        cancelled_at=row.cancelled_at,
        finished_at=row.finished_at,
        counts={ItemState(state.state): state.items for state in states},
        cost=MicroUsd(int(sum(state.cost for state in states))),
        cache_hits=int(sum(state.cache_hits for state in states)),
        time_left=None if row.finished_at else _time_left(states),
    )


def _time_left(states: Sequence[AnyRow]) -> timedelta | None:
    lately = sum(state.lately for state in states)
    since_s = max((float(state.since_s) for state in states if state.since_s), default=0.0)
    if not lately or not since_s:
        return None
    left = sum(state.items for state in states if ItemState(state.state) in UNFINISHED)
    return timedelta(seconds=left * since_s / lately)


def _result(row: AnyRow, enrichment: Enrichment | None, ring: Key) -> ItemResult:
    return ItemResult(
        number=row.number,
        reference=row.reference and opened_text(ring, REFERENCE, row.reference),
        state=ItemState(row.state),
        reason=row.reason,
        cost=MicroUsd(row.cost),
        settled_at=row.settled_at,
        enrichment=enrichment,
    )


def _rows(
    account_id: UUID, job_id: UUID, new: NewJob, ring: Key
) -> Mapping[Table, Sequence[bulk.Row]]:
    return {
        jobs: [
            {
                "account_id": account_id,
                "id": job_id,
                "priority": int(new.priority),
                "max_cost": new.max_cost,
                "callback_url": new.callback_url,
                "key_id": new.key_id,
                "total": len(new.items),
                "refused": new.refused,
                "faults": new.faults,
                "columns": new.columns,
            }
        ],
        job_items: [
            {
                "account_id": account_id,
                "job_id": job_id,
                "number": item.number,
                "reference": item.reference and sealed_text(ring, REFERENCE, item.reference),
                "request": sealed_document(ring, ITEM, item.request),
                "state": ItemState.SUPPRESSED if item.is_suppressed else ItemState.QUEUED,
                "reason": "suppressed" if item.is_suppressed else None,
            }
            for item in new.items
        ],
    }
