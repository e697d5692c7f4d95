"""Keeps a worker busy with the items of batch jobs, and their leases alive.

    take -> run, as many at once as there is room for (`running.py`)
              renewed every few seconds, or else lost to another worker

A worker that is told to stop gives its items back, which costs them nothing. One that dies loses
them when their leases end.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from roleferry_enrich.batches.running import Ends, Enricher, ItemRunner
from roleferry_enrich.domain.batches import Leased, Prices
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.storage.job_leases import Swept

LEASE = timedelta(seconds=8)
"""After a death its items are taken up again within this and a second, and the time for which the
database was away."""
_RENEW_S = 2.0
_LOOK_S = 1.0
# A database that was away is asked again soon: others wait for what it then is told.
_AGAIN_S = 0.25
_GATHER_S = 0.02
# One suspect after the other for so long, then the others' turn: when many workers died there are
# many of them, and nearly all are innocent.
_STRETCH_S = 1.0
_AT_ONCE = 40
_log = structlog.get_logger("roleferry_enrich")


class Leases(Ends, Protocol):
    """`storage.job_leases.LeaseRepository`; each raises ServiceUnavailable."""

    async def take(
        self, most: int, prices: Prices, *, suspects: bool = False
    ) -> Sequence[Leased]: ...
    async def renew(self, items: Collection[Leased]) -> Collection[tuple[UUID, int, int]]: ...
    async def suspects(self) -> bool: ...
    async def sweep(self) -> Swept: ...


class Plans(Protocol):
    async def as_of(self, moment: datetime) -> None:
        """`storage.plans.Plans`; raises ServiceUnavailable."""


class Crew:
    """One per worker process."""

    def __init__(
        self,
        leases: Leases,
        enricher: Enricher,
        prices: Prices,
        plans: Plans,
        metrics: WorkMetrics,
        *,
        at_once: int = _AT_ONCE,
    ) -> None:
        self._leases = leases
        self._prices = prices
        self._plans = plans
        self._metrics = metrics
        self._runner = ItemRunner(leases, enricher, metrics)
        self._at_once = at_once
        self._running: dict[asyncio.Task[None], Leased] = {}
        self._taking: asyncio.Task[Sequence[Leased]] | None = None
        self._stirred = asyncio.Event()
        self._suspects_wait = False
        self._runs_suspect = False
        self._stretch_ends: float | None = None

    async def work(self) -> None:
        """Until cancelled; call `give_back` then."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_busy())
            group.create_task(self._keep_leases())
            group.create_task(self._keep_sweeping())

    async def look(self) -> None:
        """There may be something to take."""
        self._stirred.set()

    async def give_back(self) -> None:
        """Stop what runs and let others take it at once."""
        taken = await self._taken_meanwhile()
        items = [*self._running.values(), *taken]
        await _stop(self._running)
        self._running.clear()
        if not items:
            return
        try:
            await self._leases.release(items)
        except ServiceUnavailable:
            _log.warning("worker.items.kept", items=len(items))

    async def _taken_meanwhile(self) -> Sequence[Leased]:
        if self._taking is None:
            return ()
        try:
            return await self._taking
        except ServiceUnavailable:
            return ()
        finally:
            self._taking = None

    async def _keep_busy(self) -> None:
        while True:
            self._stirred.clear()
            for item in await self._take():
                task = asyncio.create_task(self._runner.run(item))
                self._running[task] = item
                task.add_done_callback(self._ended)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._stirred.wait()
            except TimeoutError:
                continue
            # Several end at nearly the same time: one look for all of them.
            await asyncio.sleep(_GATHER_S)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._stirred.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("worker.item.unsettled", error=type(error).__name__)

    async def _take(self) -> Sequence[Leased]:
        room = self._at_once - len(self._running)
        if self._runs_suspect:
            if self._running:
                return ()
            self._runs_suspect = False
        if self._suspects_wait:
            if self._running:
                return ()
            found = await self._suspect()
            if found:
                return found
        return await self._taken(room) if room > 0 else ()

    async def _suspect(self) -> Sequence[Leased]:
        clock = asyncio.get_running_loop().time
        if self._stretch_ends is None:
            self._stretch_ends = clock() + _STRETCH_S
        found = await self._taken(1, suspects=True)
        self._runs_suspect = bool(found)
        if not found or clock() >= self._stretch_ends:
            # The others' turn, until the sweep looks again.
            self._suspects_wait, self._stretch_ends = False, None
        return found

    async def _taken(self, most: int, *, suspects: bool = False) -> Sequence[Leased]:
        """Not cut short by the end of this worker: what was taken must be given back."""
        self._taking = asyncio.create_task(self._leased(most, suspects=suspects))
        try:
            found = await asyncio.shield(self._taking)
        except ServiceUnavailable:
            _log.warning("worker.database.lost")
            found = ()
        self._taking = None
        return found

    async def _leased(self, most: int, *, suspects: bool) -> Sequence[Leased]:
        found = await self._leases.take(most, self._prices, suspects=suspects)
        if found:
            # Who was granted credits and sent a job at once is charged for all of it.
            with suppress(ServiceUnavailable):
                await self._plans.as_of(max(item.sent_at for item in found))
        return found

    async def _keep_leases(self) -> None:
        pause_s = _RENEW_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = _RENEW_S
            held = dict(self._running)
            if not held:
                continue
            try:
                ours = await self._leases.renew(held.values())
            except ServiceUnavailable:
                pause_s = _AGAIN_S
                continue
            lost = [
                task
                for task, item in held.items()
                if (item.job_id, item.number, item.epoch) not in ours
            ]
            # Taken over, or their job was cancelled: nobody wants what they bring.
            await _stop(lost)

    async def _keep_sweeping(self) -> None:
        while True:
            pause_s = _LOOK_S
            try:
                await self._sweep()
            except ServiceUnavailable:
                pause_s = _AGAIN_S
            await asyncio.sleep(pause_s)

    async def _sweep(self) -> None:
        swept = await self._leases.sweep()
        if swept.expired:
            _log.warning("worker.items.expired", items=swept.expired)
            self._metrics.items_orphaned(swept.expired)
            self._stirred.set()
        for _, job_id in swept.finished:
            _log.info("job.finished", job_id=str(job_id))
        self._suspects_wait = await self._leases.suspects()


async def _stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    stopping = set(tasks)
    for task in stopping:
        task.cancel()
    if stopping:
        await asyncio.wait(stopping)
