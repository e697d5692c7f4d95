"""How fast an answer comes from memory, beside a FastAPI that only sends the same bytes.

Requests per second of server CPU, not of the clock: on a shared machine the clock measures the
neighbours. Rounds of the two alternate and the median counts; the clock's figure is a note.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import uvloop

from benchmarks.load import Plan, Request, fire, post, saturate
from benchmarks.report import Row
from benchmarks.stage import Child, Stage

_CONNECTIONS = 16
_SECONDS = 2.0
_ROUNDS = 5
_BODY = b'{"email": "orla.fenwick@quillmere.test"}'


@dataclass(frozen=True, slots=True)
class Round:
    per_cpu_s: float
    per_s: float


def rows(stage: Stage) -> Iterator[Row]:
    key, bare = stage.key(), stage.bare()
    service = stage.service(stage.far_end())
    asked = post("/enrich", _BODY, key=key)
    answer = uvloop.run(_warm_up(service, bare, asked))
    rounds = [(_round(service, asked), _round(bare, asked)) for _ in range(_ROUNDS)]
    ours, theirs = ([pair[side].per_cpu_s for pair in rounds] for side in (0, 1))
    clock = [statistics.median(pair[side].per_s for pair in rounds) for side in (0, 1)]
    yield Row(
        name="warm /enrich, requests per CPU second",
        value=statistics.median(o / t for o, t in zip(ours, theirs, strict=True)),
        bar=0.6,
        unit="x",
        at="least",
        notes=(
            f"ours {statistics.median(ours):.0f}, bare FastAPI {statistics.median(theirs):.0f}",
            f"by the clock {clock[0]:.0f} and {clock[1]:.0f} a second",
            f"{_ROUNDS} rounds of {_SECONDS:.0f} s, {len(answer)} bytes an answer",
        ),
    )


async def _warm_up(service: Child, bare: Child, asked: bytes) -> bytes:
    """The answer from memory, which the bare side is given to send."""
    await saturate(service.port, lambda _: asked, connections=2, seconds=1.0)
    answer = await _one(service, lambda _: asked)
    assert b'"memory"' in answer, "the answer did not come from memory"
    await _one(bare, lambda _: post("/enrich", answer, key="").replace(b"POST", b"PUT", 1))
    return answer


async def _one(child: Child, request: Request) -> bytes:
    return (await fire(child.port, request, Plan(count=1))).bodies[0]


def _round(child: Child, asked: bytes) -> Round:
    process = psutil.Process(child.pid)
    before = sum(process.cpu_times()[:2])
    outcome = uvloop.run(
        saturate(child.port, lambda _: asked, connections=_CONNECTIONS, seconds=_SECONDS)
    )
    used = sum(process.cpu_times()[:2]) - before
    assert set(outcome.statuses) == {200}, f"answers were {dict(outcome.statuses)}"
    return Round(outcome.latency.count / used, outcome.latency.count / outcome.took)
