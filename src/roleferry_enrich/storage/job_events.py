"""Tells endpoints how far a job is, in the transaction that knows it: what is told is so."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.batches import UNFINISHED, ItemState
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce, announce_to_callback
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.statements import statement

_PACE = timedelta(seconds=5)
_PROGRESS_JOBS = statement("progress_jobs").bindparams(bindparam("pace", type_=Interval))


async def announce_end(connection: AsyncConnection, job: AnyRow) -> None:
    """Once for each time it ends: what failed may be tried again. `job` is its row as it ended."""
    counts = await _counts(connection, job.account_id, job.id)
    ends = [state for state in ItemState if state not in UNFINISHED]
    event = Event(
        type=EventType.BATCH_COMPLETED,
        key=f"{job.id}:{job.finished_at.isoformat()}",
        occurred_at=job.finished_at,
        data={
            "job_id": str(job.id),
            "items": job.total,
            **{state.value: counts.get(state.value, 0) for state in ends},
        },
    )
    await announce(connection, job.account_id, event)
    if job.callback_url is not None:
        await announce_to_callback(connection, job.account_id, job.callback_url, event)


async def announce_progress(connection: AsyncConnection) -> None:
    """Of each job of which another tenth has ended; of one at most every five seconds."""
    given = {"pace": _PACE, "event": EventType.BATCH_PROGRESS.value}
    for job in (await connection.execute(_PROGRESS_JOBS, given)).all():
        event = Event(
            type=EventType.BATCH_PROGRESS,
            key=f"{job.id}:{job.progress_at.isoformat()}",
            occurred_at=job.progress_at,
            data={"job_id": str(job.id), "items": job.total, "ended": job.ended},
        )
        await announce(connection, job.account_id, event)


async def _counts(connection: AsyncConnection, account_id: UUID, job_id: UUID) -> dict[str, int]:
    item = job_items.c
    counted = (
        select(item.state, func.count().label("items"))
        .where(item.account_id == account_id, item.job_id == job_id)
        .group_by(item.state)
    )
    return {row.state: row.items for row in (await connection.execute(counted)).all()}
