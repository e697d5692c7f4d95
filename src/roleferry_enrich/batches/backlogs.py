"""Tells the metrics what waits to be done, for as long as a process runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.observability.work_metrics import Waiting, WorkMetrics
from roleferry_enrich.storage.backlogs import Backlogs

_EVERY = timedelta(seconds=15)


class Counting(Protocol):
    async def count(self) -> Backlogs: ...


@asynccontextmanager
async def backlogs_watched(
    counting: Counting, metrics: WorkMetrics, every: timedelta = _EVERY
) -> AsyncIterator[None]:
    """Counts once in `every`: each process does, lest one that died leave nobody who knows."""
    watching = asyncio.create_task(_watch(counting, metrics, every))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _watch(counting: Counting, metrics: WorkMetrics, every: timedelta) -> None:
    while True:
        try:
            _tell(await counting.count(), metrics)
        except ServiceUnavailable:
            metrics.unknown()
        await asyncio.sleep(every.total_seconds())


def _tell(found: Backlogs, metrics: WorkMetrics) -> None:
    kinds = {
        Waiting.ITEMS: found.items,
        Waiting.WEBHOOKS_OUT: found.messages,
        Waiting.WEBHOOKS_IN: found.events,
    }
    for what, backlog in kinds.items():
        metrics.waiting(what, backlog.count, backlog.age)
    metrics.running(found.running)
    metrics.dead(found.dead_events)
