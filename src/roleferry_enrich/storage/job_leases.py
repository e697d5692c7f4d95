"""Who runs which item of a job, and for how long: leases on the database's clock.

A lease ends by itself unless it is renewed, so that a worker that dies gives its items back by
doing nothing. Each lease has an epoch; whoever was overtaken writes under an old one and is
refused. A worker that ends gives its items back, which is no death of theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.batches import (
    MOST_DEATHS,
    Budget,
    Leased,
    Prices,
    Settlement,
    allowance,
)
from roleferry_enrich.domain.enrichments import Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.storage.at_rest import AtRest, at_rest_of
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.job_events import announce_end, announce_progress
from roleferry_enrich.storage.job_tables import job_items, jobs
from roleferry_enrich.storage.sealed import ITEM, SubjectKeys
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

SUSPECTED = 2
"""Deaths from which on an item runs alone: it may be what kills the workers."""
_AWHILE = timedelta(milliseconds=500)
# Candidates for each item wanted, so that workers that look together do not all find the same.
_WIDTH = 4
_LEASE_ITEMS = statement("lease_items").bindparams(bindparam("lease", type_=Interval))
_SETTLE_ITEM = statement("settle_item")
_IS_SETTLED = text("""
    SELECT EXISTS (
        SELECT FROM job_items
        WHERE account_id = :account_id AND job_id = :job_id AND number = :number
            AND epoch = :epoch AND state = :state
            AND enrichment_id IS NOT DISTINCT FROM :enrichment_id
    )
""")
_RENEW_ITEMS = statement("renew_items").bindparams(bindparam("lease", type_=Interval))
_RELEASE_ITEMS = statement("release_items").bindparams(bindparam("pause", type_=Interval))
_EXPIRE_ITEMS = statement("expire_items").bindparams(bindparam("lease", type_=Interval))
_NOTE_SWEEP = statement("note_sweep").bindparams(
    *(bindparam(name, type_=Interval) for name in ("pace", "silence", "kept"))
)
# Workers sweep once a second; a machine that is busy now and then needs longer.
_SWEEPING_TIME = {
    "pace": timedelta(seconds=1),
    "silence": timedelta(seconds=2),
    "kept": timedelta(hours=1),
}
_FINISH_JOBS = statement("finish_jobs")
_SUSPECTS_WAIT = statement("suspects_wait")
# What the tries of an item cost so far that its row does not know of yet, calls under way in full.
_UNBOOKED = text("""
    SELECT coalesce((SELECT sum(cost) FROM provider_calls
            WHERE account_id = :account_id AND enrichment_id = ANY (:tries)), 0)
        + coalesce((SELECT sum(price) FROM call_intents
            WHERE account_id = :account_id AND enrichment_id = ANY (:tries)
                AND reply IS NULL), 0)
""")
# An arbitrary number that only sweepers use.
_SWEEPING = 7_265_381_043


@dataclass(frozen=True, slots=True)
class Swept:
    expired: int
    finished: Sequence[tuple[UUID, UUID]]
    """Account and id of the jobs that have just ended."""


class LeaseRepository:
    def __init__(self, engine: AsyncEngine, *, lease: timedelta) -> None:
        self._engine = engine
        self._lease = lease

    async def take(self, most: int, prices: Prices, *, suspects: bool = False) -> Sequence[Leased]:
        """Up to so many items that are due, each for this worker alone until its lease ends.

        `suspects`: those that were running when a worker died, again and again; nobody else's
        turn is given to them. Raises ServiceUnavailable.
        """
        given = {
            "suspected": SUSPECTED,
            "suspects": suspects,
            "wide": most * _WIDTH,
            "most": most,
            "lease": self._lease,
        }

        async def work(connection: AsyncConnection) -> Sequence[Leased]:
            rows = (await connection.execute(_LEASE_ITEMS, given)).all()
            at_rest = at_rest_of(connection)
            free = [_leased(row, at_rest) for row in rows if row.max_cost is None]
            capped = [row for row in rows if row.max_cost is not None]
            return [*free, *await _allowed(connection, capped, prices)]

        return await in_transaction(self._engine, work)

    async def renew(self, items: Collection[Leased]) -> Collection[tuple[UUID, int, int]]:
        """Job, number and epoch of those that are still ours; the rest was taken or cancelled."""

        async def work(connection: AsyncConnection) -> Collection[tuple[UUID, int, int]]:
            rows = await connection.execute(_RENEW_ITEMS, {**_held(items), "lease": self._lease})
            return {(UUID(str(row.job_id)), row.number, row.epoch) for row in rows}

        return await in_transaction(self._engine, work)

    async def settle(self, item: Leased, settlement: Settlement) -> bool:
        """Whether what became of it was written down: not where somebody else has it now."""

        async def work(connection: AsyncConnection) -> bool:
            return await self.settle_within(connection, item, settlement)

        return await in_transaction(self._engine, work)

    async def settle_within(
        self, connection: AsyncConnection, item: Leased, settlement: Settlement
    ) -> bool:
        """The same in the transaction that records the answer: one commit for both."""
        given = {
            "account_id": item.account_id,
            "job_id": item.job_id,
            "number": item.number,
            "epoch": item.epoch,
            "state": settlement.state.value,
            "reason": settlement.reason,
            "enrichment_id": settlement.enrichment_id,
            "cost": settlement.cost,
            "cache_hits": settlement.cache_hits,
            "is_owed": settlement.is_owed,
        }
        is_ours = await connection.scalar(_SETTLE_ITEM, given)
        if is_ours is None:
            # Perhaps by ourselves, in a commit whose answer was lost.
            is_ours = await connection.scalar(_IS_SETTLED, given)
        return bool(is_ours)

    async def release(
        self, items: Collection[Leased], *, pause: timedelta = timedelta(0), delays: int = 0
    ) -> None:
        """Give items back as if they had not been taken; `delays` counts waits for passing ills."""
        given = {**_held(items), "pause": pause, "delays": delays, "unused": 0}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_RELEASE_ITEMS, given)

        await in_transaction(self._engine, work)

    async def suspects(self) -> bool:
        """Whether an item waits that must run alone."""

        async def work(connection: AsyncConnection) -> bool:
            return bool(await connection.scalar(_SUSPECTS_WAIT))

        return await in_transaction(self._engine, work)

    async def sweep(self) -> Swept:
        """End the leases of workers that died, and the jobs that have nothing left to do.

        One sweeper at a time; the others find nothing. Against a lease counts only the time in
        which somebody swept: nobody could renew one while the database was away.
        """

        async def work(connection: AsyncConnection) -> Swept:
            if not await connection.scalar(select(func.pg_try_advisory_xact_lock(_SWEEPING))):
                return Swept(0, ())
            await connection.execute(_NOTE_SWEEP, _SWEEPING_TIME)
            given = {"most": MOST_DEATHS, "lease": self._lease}
            expired = await connection.scalar(_EXPIRE_ITEMS, given)
            ended = (await connection.execute(_FINISH_JOBS)).all()
            for job in ended:
                await announce_end(connection, job)
            await announce_progress(connection)
            return Swept(expired or 0, [(row.account_id, row.id) for row in ended])

        return await in_transaction(self._engine, work)


async def _allowed(
    connection: AsyncConnection, rows: Sequence[AnyRow], prices: Prices
) -> Sequence[Leased]:
    """Those of capped jobs, each with its share of the money; those without one are given back."""
    allowed: list[Leased] = []
    waiting: list[Leased] = []
    for job_id in sorted({row.job_id for row in rows}):
        mine = [row for row in rows if row.job_id == job_id]
        budget = await _budget(connection, mine[0])
        for row in mine:
            budget, share = await _share(connection, row, budget, prices)
            item = _leased(row, at_rest_of(connection))
            if share is None:
                waiting.append(item)
            else:
                allowed.append(replace(item, allowance=share))
    if waiting:
        given = {**_held(waiting), "pause": _AWHILE, "delays": 0, "unused": 1}
        await connection.execute(_RELEASE_ITEMS, given)
    return allowed


async def _budget(connection: AsyncConnection, row: AnyRow) -> Budget:
    """With the job's row locked, so that no two workers hand out the same money."""
    job = (jobs.c.account_id == row.account_id) & (jobs.c.id == row.job_id)
    await connection.execute(select(jobs.c.id).where(job).with_for_update())
    mine = (job_items.c.account_id == row.account_id) & (job_items.c.job_id == row.job_id)
    sums = select(
        func.coalesce(func.sum(job_items.c.cost), 0).label("spent"),
        func.coalesce(func.sum(job_items.c.held), 0).label("held"),
    ).where(mine)
    found = (await connection.execute(sums)).one()
    return Budget(cap=row.max_cost, spent=int(found.spent), held=int(found.held))


async def _share(
    connection: AsyncConnection, row: AnyRow, budget: Budget, prices: Prices
) -> tuple[Budget, MicroUsd | None]:
    if row.held:
        # Its worker died or gave it back, and what that spent is spent.
        given = {"account_id": row.account_id, "tries": row.tries}
        spent = int(await connection.scalar(_UNBOOKED, given) or 0)
        return budget, MicroUsd(max(0, row.held - spent))
    share = allowance(budget, prices)
    if share:
        mine = update(job_items).where(
            job_items.c.account_id == row.account_id,
            job_items.c.job_id == row.job_id,
            job_items.c.number == row.number,
        )
        await connection.execute(mine.values(held=share))
        budget = replace(budget, held=budget.held + share)
    return budget, share


def _held(items: Collection[Leased]) -> dict[str, object]:
    return {
        "accounts": [item.account_id for item in items],
        "jobs": [item.job_id for item in items],
        "numbers": [item.number for item in items],
        "epochs": [item.epoch for item in items],
    }


def _leased(row: AnyRow, at_rest: AtRest) -> Leased:
    request = SubjectKeys(at_rest, {}).opened(ITEM, row.request)
    return Leased(
        account_id=row.account_id,
        job_id=row.job_id,
        number=row.number,
        epoch=row.epoch,
        enrichment_id=row.tries[-1],
        charge_id=row.tries[0],
        key_id=row.key_id,
        request=read(request, Request),
        delays=row.delays,
        sent_at=row.created_at,
    )
