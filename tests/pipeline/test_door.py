"""The door: as many inside as can be served in time, in order; an early word for the others."""

import asyncio
from datetime import timedelta

import pytest

from roleferry_enrich.pipeline.door import Closing, Door

DEADLINE, LONG, NONE = timedelta(seconds=2), timedelta(seconds=5), timedelta(0)
ROOM = 120
"""Of a new door at this deadline: requests of 10 ms in 0.6 of 2 s."""


class Cpu:
    def __init__(self) -> None:
        self.spent = 0.0

    def __call__(self) -> float:
        return self.spent


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def filled(door: Door, count: int = ROOM) -> Door:
    for _ in range(count):
        assert await door.enter(DEADLINE, NONE)
        await turns(2)
    return door


def crowd(door: Door, count: int) -> list[asyncio.Task[bool]]:
    return [asyncio.create_task(door.enter(DEADLINE, LONG)) for _ in range(count)]


async def test_as_many_come_in_as_can_be_served_by_the_deadline():
    door = await filled(Door())

    assert not await door.enter(DEADLINE, NONE)
    await turns(3)
    assert await door.enter(DEADLINE * 2, NONE)
    assert door.inside == ROOM + 1


async def test_a_crowd_comes_in_one_in_each_turn_of_the_loop():
    door = Door()
    coming = crowd(door, 50)
    await turns(5)
    assert 1 <= door.inside < 10

    assert all(await asyncio.gather(*coming))
    assert door.inside == 50


async def test_who_waits_comes_in_as_others_leave_in_the_order_they_came():
    door, went = await filled(Door()), []

    async def come(number: int) -> None:
        assert await door.enter(DEADLINE, LONG)
        went.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(come(number))
        await turns(2)
        for left in range(50):
            assert went == list(range(left))
            door.leave()
            await turns(3)

    assert door.inside == ROOM


async def test_who_cannot_wait_as_long_as_the_line_is_told_so_at_once():
    door = await filled(Door())
    waiting = crowd(door, 100)
    await turns(2)

    assert not await door.enter(DEADLINE, timedelta(milliseconds=900))

    for _ in range(100):
        door.leave()
    assert all(await asyncio.gather(*waiting))


async def test_who_waited_too_long_is_told_and_holds_up_nobody_behind():
    door = await filled(Door())
    assert not await door.enter(DEADLINE, timedelta(milliseconds=20))
    waiting = crowd(door, 5)
    await turns(2)
    for task in waiting[1:3]:
        task.cancel()
    for _ in range(3):
        door.leave()

    came = await asyncio.gather(*waiting, return_exceptions=True)

    assert [result is True for result in came] == [True, False, False, True, True]
    assert door.inside == ROOM


async def test_who_goes_in_the_moment_of_being_let_in_gives_the_place_on():
    for steps in range(6):
        door = await filled(Door())
        waiting = crowd(door, 5)
        await turns(2)
        door.leave()
        await turns(steps)
        waiting[0].cancel()
        door.leave()
        await asyncio.wait(waiting[:2])
        results = [task.done() and not task.cancelled() for task in waiting]
        assert sum(results) >= 1
        assert door.inside == ROOM
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


async def test_dearer_requests_are_believed_at_once_and_cheaper_ones_slowly():
    cpu = Cpu()
    door = Door(cpu)

    async def serve(cost: float) -> int:
        await filled(door, 21)
        for _ in range(21):
            cpu.spent += cost
            door.leave()
        room = 0
        while await door.enter(DEADLINE, NONE):
            room += 1
            await turns(2)
        for _ in range(room):
            door.leave()
        return room

    assert await serve(0.04) == pytest.approx(30, abs=1)
    slower = await serve(0.01)
    assert 30 <= slower < 60


async def test_what_can_wait_waits_for_room():
    door = await filled(Door())
    (waiting,) = crowd(door, 1)
    await turns(2)
    later = asyncio.create_task(door.calm(LONG))
    await door.calm(timedelta(milliseconds=60))
    assert not later.done()

    door.leave()
    await waiting
    door.leave()
    await later


@pytest.mark.parametrize(("deadline_s", "kept_s"), [(0.2, 0.02), (2, 0.1), (10, 0.1)])
def test_alone_a_tenth_of_the_deadline_is_kept_back_and_no_more_than_it_takes(deadline_s, kept_s):
    kept = Closing().kept_back(timedelta(seconds=deadline_s), inside=1)
    assert kept == timedelta(seconds=kept_s)


def test_the_more_are_inside_the_more_is_kept_back_up_to_a_share():
    closing, deadline = Closing(), timedelta(seconds=2)
    for _ in range(100):
        closing.merged_in(0.002)

    kept = [closing.kept_back(deadline, inside) for inside in (1, 10, 50, 1000)]

    assert kept == sorted(kept)
    assert kept[0] < kept[1] < kept[2]
    assert kept[-1] == deadline * 0.4
