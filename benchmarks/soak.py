"""An hour of the service under load: what grows in it that should not.

Half of the requests are for people nobody asked for yet, the rest for those of a moment or of long
ago, and some callers go away before they are answered. Its memory, file descriptors and threads
are looked at every few minutes. Before, as many people are asked for as its memos of names hold,
as fast as it answers: at the rate of the load they would be full after three quarters of the hour.
Takes an hour, so that it runs only when it is named.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import psutil
import uvloop

from benchmarks.latency import body
from benchmarks.load import Outcome, Plan, Request, fire, post, saturate
from benchmarks.report import Row
from benchmarks.stage import Child, Stage

_RATE = 12.0
_PLAN_S = 240.0
_PLANS = 14
_MEMOS = 17_000
_CONNECTIONS, _STRETCH_S = 16, 120.0
_SOMEBODY_NEW = 1_000_000
_PATIENCE_S = 15.0
_REST_S = 20.0
"""In which calls that a request left behind end, and connections that nobody uses are closed."""
_LEAVES_EVERY_S, _LEAVES_AFTER_S = 1.0, 0.02
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """What a process holds when nobody asks it anything."""

    resident: float
    """Megabytes."""
    descriptors: int
    threads: int

    @property
    def held(self) -> int:
        return self.descriptors + self.threads

    def __str__(self) -> str:
        return f"{self.resident:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


def rows(stage: Stage) -> Iterator[Row]:
    key, far_end = stage.key(), stage.far_end(slowest_ms=50)
    service, before = stage.service(far_end), far_end.count()
    _fill_memos(service, key)
    sizes, outcomes = [_size(service)], []
    for number in range(_PLANS):
        outcomes.append(_loaded(service, key, number))
        time.sleep(_REST_S)
        sizes.append(_size(service))
    warm, after = sizes[0], sizes[-1]
    seconds = _PLANS * (_PLAN_S + _REST_S)
    yield Row(
        name=f"memory over {seconds / 3600:.1f} h of load",
        value=(after.resident / warm.resident - 1) * 100,
        bar=5.0,
        unit="%",
        notes=(
            f"{_told(outcomes)}; {_RATE:.0f} a second",
            *(f"{n * _PLAN_S / 60:3.0f} min: {size}" for n, size in enumerate(sizes)),
            far_end.count().since(before),
        ),
    )
    half = len(sizes) // 2
    first, second = (statistics.median(s.held for s in it) for it in (sizes[:half], sizes[half:]))
    yield Row(
        name="descriptors and threads that it left",
        value=second - first,
        bar=5,
        unit="",
        digits=0,
        notes=("medians of both halves: pools breathe; what leaks, leaks thousands",),
    )


def _fill_memos(service: Child, key: str) -> None:
    asked = _SOMEBODY_NEW
    while asked < _SOMEBODY_NEW + _MEMOS:
        new = partial(_new_person, key, asked)
        outcome = uvloop.run(
            saturate(service.port, new, connections=_CONNECTIONS, seconds=_STRETCH_S)
        )
        asked += outcome.latency.count
    time.sleep(_REST_S)


def _new_person(key: str, first: int, number: int) -> bytes:
    return post("/enrich", body(first + number), key=key)


def _loaded(service: Child, key: str, number: int) -> Outcome:
    plan = Plan(count=round(_RATE * _PLAN_S), rate=_RATE, patience=_PATIENCE_S)
    outcome = uvloop.run(_answered_and_not(service.port, _requests(key, number * plan.count), plan))
    assert outcome.lost == 0, f"{outcome.lost} requests were lost"
    assert set(outcome.statuses) == {200}, f"answers were {dict(outcome.statuses)}"
    outcome.bodies.clear()  # an hour's are a gigabyte
    return outcome


async def _answered_and_not(port: int, request: Request, plan: Plan) -> Outcome:
    leaving = asyncio.create_task(_leave(port, request))
    try:
        return await fire(port, request, plan)
    finally:
        leaving.cancel()


async def _leave(port: int, request: Request) -> None:
    """Ask for somebody new, again and again, and never wait for the answer."""
    number = 0
    while True:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(number))
        await asyncio.sleep(_LEAVES_AFTER_S)
        writer.transport.abort()
        await asyncio.sleep(_LEAVES_EVERY_S)
        number += round(_RATE * _LEAVES_EVERY_S)


def _requests(key: str, first: int) -> Request:
    def request(number: int) -> bytes:
        n = first + number
        asked = (n, n - 1, n, n // 2)[n % 4]  # new, of a moment ago, new, of long ago
        return post("/enrich", body(asked), key=key)

    return request


def _told(outcomes: list[Outcome]) -> str:
    p99 = [outcome.latency.percentile(0.99) * 1000 for outcome in outcomes]
    count = sum(outcome.latency.count for outcome in outcomes)
    return f"{count:,} answers, p99 {min(p99):.0f} to {max(p99):.0f} ms"


def _size(service: Child) -> Size:
    process = psutil.Process(service.pid)
    return Size(process.memory_info().rss / _MB, process.num_fds(), process.num_threads())
