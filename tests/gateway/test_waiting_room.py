"""Those who wait leave in order, each at its own time, and a pause moves all by the same amount."""

import asyncio
from datetime import timedelta

import pytest
from tests.simulation import clock

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.buckets import MICRO, Bucket
from roleferry_enrich.gateway.shared_buckets import Reserved
from roleferry_enrich.gateway.waiting_room import Caller, WaitingRoom
from roleferry_enrich.providers.contract import Window

ONE_A_SECOND = Bucket("acme", "all", (Window(1, timedelta(seconds=1)),))


class Paused:
    """What Redis and this process know of pauses."""

    def __init__(self) -> None:
        self.moved_s = 0.0
        self.known_here = timedelta(0)

    async def shift(self, bucket: Bucket) -> int:
        return int(self.moved_s * MICRO)

    def silence(self, bucket: Bucket) -> timedelta:
        return self.known_here


async def left_after(
    loop: clock.VirtualLoop, pauses: Paused, waits: list[float], until: float = 60.0
) -> list[float | str]:
    room = WaitingRoom(pauses, ONE_A_SECOND)
    came = loop.time()
    callers = [Caller(until=came + until) for _ in waits]
    for seq, (caller, wait) in enumerate(zip(callers, waits, strict=True), 1):
        room.admit(caller, Reserved(timedelta(seconds=wait), 1, seq))

    async def leaves(caller: Caller) -> float | str:
        try:
            await caller.turn
        except NoPermit:
            return "refused"
        return round(loop.time() - came, 6)

    async with asyncio.TaskGroup() as group:
        leaving = [group.create_task(leaves(caller)) for caller in callers]
        await asyncio.sleep(0.5)
        pauses.moved_s = 1.75
    return [task.result() for task in leaving]


def test_a_pause_moves_all_who_wait_by_the_same_amount() -> None:
    left = clock.run(lambda loop: left_after(loop, Paused(), [1.0, 2.0, 3.0, 4.0]))

    assert left == [2.75, 3.75, 4.75, 5.75]


@pytest.mark.parametrize("until", [4.0, 5.0])
def test_who_cannot_wait_so_long_is_refused(until: float) -> None:
    left = clock.run(lambda loop: left_after(loop, Paused(), [1.0, 2.0, 4.0], until))

    assert left == [2.75, 3.75, "refused"]


async def admitted_into_a_pause(loop: clock.VirtualLoop, until: float) -> float | None:
    pauses = Paused()
    pauses.known_here = timedelta(seconds=2)
    room, came = WaitingRoom(pauses, ONE_A_SECOND), loop.time()
    caller = Caller(until=came + until)
    room.admit(caller, Reserved(timedelta(0), 1, 1))
    loop.call_at(came + 2, setattr, pauses, "known_here", timedelta(0))
    try:
        await caller.turn
    except NoPermit:
        return None
    return loop.time() - came


@pytest.mark.parametrize(("until", "left"), [(5.0, 2.0), (1.0, None)])
def test_a_permit_that_comes_after_a_pause_was_asked_for_keeps_to_it(
    until: float, left: float | None
) -> None:
    assert clock.run(lambda loop: admitted_into_a_pause(loop, until)) == left
