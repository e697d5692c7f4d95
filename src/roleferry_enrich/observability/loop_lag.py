"""How late the event loop is: CPU work that does not let go of it holds everybody up.

A timer that is due while the loop is held fires only afterwards; by how much it was late is how
long nobody was served. What is held that long also renews no turn and no lease; those end by the
clock of Redis or PostgreSQL, and what was done under them is refused.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from roleferry_enrich.observability.metrics import Metrics

_EVERY = timedelta(milliseconds=250)
_BLOCKED = timedelta(seconds=1)
_log = structlog.get_logger("roleferry_enrich")


@asynccontextmanager
async def lag_watched(metrics: Metrics, every: timedelta = _EVERY) -> AsyncIterator[None]:
    """Measures for as long as the block lasts, once in `every`, and logs a lag of a second."""
    watching = asyncio.create_task(_watch(metrics, every))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _watch(metrics: Metrics, every: timedelta) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + every.total_seconds()
        await asyncio.sleep(every.total_seconds())
        lag = timedelta(seconds=max(0.0, clock() - due))
        metrics.loop_lagged(lag)
        if lag >= _BLOCKED:
            _log.warning("loop.blocked", duration_ms=round(lag / timedelta(milliseconds=1)))
