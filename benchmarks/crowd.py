"""Many requests in the same instant: with most providers hung, and with more than can be served.

Whatever is asked of us, an answer comes at the deadline, and it says who was not asked.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import uvloop

from benchmarks.latency import body
from benchmarks.load import Outcome, Plan, Request, fire, post
from benchmarks.providers import NAMES
from benchmarks.report import Row
from benchmarks.stage import Child, Stage

_DEADLINE_S = 2.0
_SLOWEST_MS = 100


def rows(stage: Stage) -> Iterator[Row]:
    key = stage.key()
    yield _hung(stage, key)
    yield _at_once(stage, key)


def _hung(stage: Stage, key: str) -> Row:
    """Two thirds of the providers take a call and never answer it."""
    hung = len(NAMES) * 2 // 3
    far_end = stage.far_end(slowest_ms=_SLOWEST_MS, hung=hung)
    service, before = stage.service(far_end), far_end.count()
    _warm_up(service, key)
    outcome = uvloop.run(fire(service.port, _new(2_000, key), Plan(count=100)))
    found = Counter(_found(answer) for answer in outcome.bodies)
    note = f"providers that answered, by requests: {_listed(found)}"
    return _row(
        f"100 at once, {hung} of {len(NAMES)} hung, p99 late",
        outcome,
        50.0,
        note,
        far_end.count().since(before),
    )


def _at_once(stage: Stage, key: str) -> Row:
    far_end = stage.far_end(slowest_ms=_SLOWEST_MS)
    service, before = stage.service(far_end), far_end.count()
    _warm_up(service, key)
    outcome = uvloop.run(fire(service.port, _new(20_000, key), Plan(count=1_000)))
    shed = Counter(
        provider["reason"]
        for answer in outcome.bodies
        for provider in _providers(answer)
        if provider["outcome"] == "skipped"
    )
    whole = sum(_found(answer) == len(NAMES) for answer in outcome.bodies)
    note = f"{whole} with every provider's answer; asks not made, by reason: {_listed(shed)}"
    return _row(
        "1,000 at once, cold, p99 late", outcome, 250.0, note, far_end.count().since(before)
    )


def _warm_up(service: Child, key: str) -> None:
    """Connections to PostgreSQL and Redis, compiled statements: what a running service has."""
    uvloop.run(fire(service.port, _new(1_000, key), Plan(count=5)))


def _new(first: int, key: str) -> Request:
    """People nobody asked for yet."""
    return lambda n: post("/enrich", body(first + n), key=key)


def _row(name: str, outcome: Outcome, bar: float, *notes: str) -> Row:
    """Anything lost, or an error of ours, misses the bar whatever the time."""
    late = (outcome.latency.percentile(0.99) - _DEADLINE_S) * 1000
    sound = not outcome.lost and set(outcome.statuses) == {200}
    statuses = f"statuses {_listed(outcome.statuses)}, lost {outcome.lost}"
    times = ", ".join(
        f"{title} {outcome.latency.percentile(share):.2f} s"
        for title, share in {"p50": 0.5, "p99": 0.99, "most": 1.0}.items()
    )
    value = late if sound else math.inf
    return Row(name=name, value=value, bar=bar, unit="ms", notes=(f"{statuses}; {times}", *notes))


def _found(answer: bytes) -> int:
    return sum(provider["outcome"] == "found" for provider in _providers(answer))


# Any: JSON as any client of the API gets it.
def _providers(answer: bytes) -> list[dict[str, Any]]:
    """None where the answer is a problem."""
    providers: list[dict[str, Any]] = json.loads(answer).get("meta", {}).get("providers", [])
    return providers


def _listed(counted: Counter[int] | Counter[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counted.items(), key=str))
