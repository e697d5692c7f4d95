"""A batch beside the same items through `/enrich`, and ten thousand of them beside one of another.

One process of each, both at the same time: an API that is asked as fast as it answers, and a
worker. They take turns on two cores, for the neighbours of a shared machine change its speed by a
fifth from one minute to the next. Takes ten minutes.
"""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
import uvloop

from benchmarks.latency import body
from benchmarks.load import Outcome, post, saturate
from benchmarks.report import Row
from benchmarks.stage import Child, Stage
from benchmarks.turns import taking_turns
from roleferry_enrich.domain.scopes import USUAL, Scope

_SECONDS, _CONNECTIONS = 180.0, 40
_LARGE = 10_000
_LOOK_S = 0.5
_LONGEST_S = 1_800.0
_MB = 1_000_000
# Seconds of CPU in so many seconds: what a process does that nobody asks anything.
_AT_REST, _AT_REST_S = 0.05, 0.5


@dataclass
class Owner:
    """An account's batches, and people nobody asked for yet."""

    service: Child
    key: str
    numbers: Iterator[int]
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        self.client = httpx.Client(
            base_url=self.service.url, headers=headers, timeout=60, trust_env=False
        )

    def suppress_somebody(self) -> None:
        """So that each item is held against the list."""
        nobody = {"email": "nobody@nowhere.test", "reason": "bench"}
        assert self.client.post("/privacy/suppressions", json=nobody).status_code == 201

    def items(self, count: int) -> bytes:
        chosen = b",".join(body(number) for number in itertools.islice(self.numbers, count))
        return b'{"items": [' + chosen + b"]}"

    def send(self, items: bytes) -> str:
        answer = self.client.post("/enrich/batch", content=items)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job"]["id"])

    # Any: JSON as any client of the API gets it.
    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/jobs/{job_id}").json()
        return found

    def ended(self, job_id: str) -> int:
        counts: dict[str, int] = self.job(job_id)["counts"]
        return sum(counts.values()) - counts["queued"] - counts["running"]

    def give_up(self, job_id: str) -> None:
        """What of it has ended by then must have been done."""
        assert self.client.post(f"/jobs/{job_id}/cancel").status_code == 200
        counts = self.job(job_id)["counts"]
        assert counts["done"] + counts["cancelled"] == sum(counts.values()), f"there are {counts}"

    def took(self, count: int) -> float:
        """Seconds from sending so many to the last one's end."""
        items, begun = self.items(count), time.monotonic()
        job_id = self.send(items)
        while self.ended(job_id) < count:
            assert time.monotonic() - begun < _LONGEST_S, "the batch does not end"
            time.sleep(_LOOK_S)
        assert self.job(job_id)["counts"]["done"] == count
        return time.monotonic() - begun


def rows(stage: Stage) -> Iterator[Row]:
    far_end = stage.far_end()
    service, worker = stage.service(far_end), stage.worker(far_end)
    numbers = itertools.count()
    keys = (stage.key({*USUAL, Scope.PRIVACY}) for _ in range(2))
    owner, other = (Owner(service, key, numbers) for key in keys)
    owner.suppress_somebody()
    owner.took(100)  # connections and compiled statements
    yield _pace(owner, worker, far_end)
    yield from _large(owner, other, worker)


def _pace(owner: Owner, worker: Child, far_end: Child) -> Row:
    """Begins when the batch is accepted and ends before it does: how fast it is, not how long."""
    before, pair = far_end.count(), (worker, owner.service)
    job_id = owner.send(owner.items(_LARGE))
    with taking_turns(pair) as in_turns:
        began = [_cpu(child) for child in pair]
        single = _one_by_one(owner)
        batch = owner.ended(job_id)
        used = [_cpu(child) - then for child, then in zip(pair, began, strict=True)]
    assert batch < _LARGE, "the batch was over before"
    owner.give_up(job_id)
    for child in pair:
        _rests(child)
    work, api = used[0] / batch, used[1] / single.latency.count
    return Row(
        name="a batch, items/s, against /enrich",
        value=batch / single.latency.count,
        bar=1.0,
        unit="x",
        at="least",
        notes=(
            f"{batch:,} items of {_LARGE:,} while /enrich answered {single.latency.count:,} others,"
            f" in {single.took:.0f} s, all cold" + ("" if in_turns else ", cores not exchanged"),
            f"CPU for one: {work * 1000:.1f} ms of the worker, {api * 1000:.1f} ms of the API",
            far_end.count().since(before),
        ),
    )


def _one_by_one(owner: Owner) -> Outcome:
    """Each of somebody nobody asked for yet."""
    outcome = uvloop.run(
        saturate(
            owner.service.port,
            lambda _: post("/enrich", body(next(owner.numbers)), key=owner.key),
            connections=_CONNECTIONS,
            seconds=_SECONDS,
        )
    )
    assert set(outcome.statuses) == {200}, f"answers were {dict(outcome.statuses)}"
    return outcome


def _large(owner: Owner, other: Owner, worker: Child) -> Iterator[Row]:
    items, begun = owner.items(_LARGE), time.monotonic()
    job_id = owner.send(items)
    yield Row(
        name=f"202 for {_LARGE:,} items",
        value=time.monotonic() - begun,
        bar=2.0,
        unit="s",
        notes=(f"{len(items) / _MB:.1f} MB of JSON",),
    )
    alone = [_alone(owner, other, job_id, share) for share in (0.2, 0.4, 0.6)]
    yield Row(
        name=f"one item of another while {_LARGE:,} run",
        value=max(alone),
        bar=5.0,
        unit="s",
        notes=(f"the slowest of {len(alone)}: " + ", ".join(f"{each:.2f}" for each in alone),),
    )
    yield _memory(owner, job_id, worker)


def _alone(owner: Owner, other: Owner, job_id: str, share: float) -> float:
    """Sent when so much of the large one has ended; it must not have ended by then."""
    _wait(owner, job_id, int(_LARGE * share))
    took = other.took(1)
    assert owner.ended(job_id) < _LARGE, "the large batch was over before"
    return took


def _memory(owner: Owner, job_id: str, worker: Child) -> Row:
    _wait(owner, job_id, int(_LARGE * 0.65))
    warm = _resident(worker)
    _wait(owner, job_id, _LARGE)
    after = _resident(worker)
    return Row(
        name=f"a worker's memory over {_LARGE:,} items",
        value=(after / warm - 1) * 100,
        bar=5.0,
        unit="%",
        notes=(f"{warm:.0f} MB at two thirds, when its caches are full, {after:.0f} at the end",),
    )


def _wait(owner: Owner, job_id: str, count: int) -> None:
    until = time.monotonic() + _LONGEST_S
    while owner.ended(job_id) < count:
        assert time.monotonic() < until, "the batch does not end"
        time.sleep(_LOOK_S)


def _rests(child: Child) -> None:
    """Until it has done what it leaves for later, which would slow down what comes next."""
    before = -1.0
    while _cpu(child) - before > _AT_REST:
        before = _cpu(child)
        time.sleep(_AT_REST_S)


def _cpu(child: Child) -> float:
    return float(sum(psutil.Process(child.pid).cpu_times()[:2]))


def _resident(worker: Child) -> float:
    return float(psutil.Process(worker.pid).memory_info().rss) / _MB
