"""Callers and a source of permits that does as it is told."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.shared_buckets import Decision, Refused, Reserved
from roleferry_enrich.gateway.turnstile import Turnstile

BUCKET = Bucket("acme", "all", ())
SOON = timedelta(seconds=10)
NOW = timedelta(0)


class Source:
    """Gives each caller a permit after `wait`; `shifts` and `silences` answer in turn."""

    def __init__(self, wait: timedelta = NOW) -> None:
        self.wait = wait
        self.shifts: list[int | None] = []
        self.silences: list[timedelta] = []
        self.asked: list[int] = []
        self.released: list[Reserved] = []
        self.seq = 0

    async def reserve(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        self.asked.append(len(waits))
        await asyncio.sleep(0)
        decisions = []
        for _ in waits:
            self.seq += 1
            decisions.append(Reserved(self.wait, epoch=1, seq=self.seq))
        return decisions

    async def shift(self, bucket: Bucket) -> int | None:
        return self.shifts.pop(0) if self.shifts else 0

    def silence(self, bucket: Bucket) -> timedelta:
        return self.silences.pop(0) if self.silences else NOW

    async def release(self, bucket: Bucket, unused: Sequence[Reserved]) -> None:
        self.released += unused


class Broken(Source):
    async def reserve(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        await asyncio.sleep(0)
        raise ZeroDivisionError


class Full(Source):
    async def reserve(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        self.asked.append(len(waits))
        await asyncio.sleep(0)
        return [Refused(SOON)] * len(waits)


def turnstile(source: Source, priority: Priority = Priority.INTERACTIVE) -> Turnstile:
    return Turnstile(source, BUCKET, priority)


async def enter(gate: Turnstile, callers: int, within: timedelta = SOON) -> list[object]:
    entering = (gate.enter(within) for _ in range(callers))
    return await asyncio.gather(*entering, return_exceptions=True)


async def test_callers_that_come_together_are_asked_for_together() -> None:
    source = Source()

    assert await enter(turnstile(source), 250) == [NOW] * 250
    assert source.asked == [100, 100, 50]


async def test_a_source_that_breaks_leaves_nobody_waiting() -> None:
    gate = turnstile(Broken())
    ended = await enter(gate, 150)

    assert {type(error) for error in ended} == {ZeroDivisionError}


async def test_a_cancelled_process_leaves_nobody_waiting() -> None:
    gate = turnstile(Full(), Priority.BATCH)
    waiting = asyncio.gather(*(gate.enter(SOON * 9) for _ in range(3)), return_exceptions=True)
    await asyncio.sleep(0.01)
    assert gate._serving is not None
    gate._serving.cancel()

    assert {type(error) for error in await waiting} == {asyncio.CancelledError}


async def test_a_pause_known_only_here_holds_while_redis_is_away() -> None:
    source = Source(wait=timedelta(milliseconds=1))
    source.shifts = [None, None]
    source.silences = [timedelta(milliseconds=50)]
    (waited,) = await enter(turnstile(source), 1)

    assert isinstance(waited, timedelta)
    assert waited >= timedelta(milliseconds=50)


async def test_a_pause_longer_than_somebody_can_wait_gives_the_permit_back() -> None:
    source = Source(wait=timedelta(milliseconds=1))
    source.shifts = [60_000_000]
    (ended,) = await enter(turnstile(source), 1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert isinstance(ended, NoPermit)
    assert [permit.seq for permit in source.released] == [1]


async def test_who_leaves_the_waiting_room_is_not_waited_for() -> None:
    source = Source(wait=timedelta(milliseconds=300))
    gate = turnstile(source)
    first = asyncio.create_task(gate.enter(SOON))
    others = [asyncio.create_task(gate.enter(SOON)) for _ in range(3)]
    await asyncio.sleep(0.005)
    first.cancel()

    assert len(await asyncio.gather(*others)) == 3
    assert [permit.seq for permit in source.released] == [1]
