"""The door: one a turn of the loop, in order; and an early word for whom there is no time."""

import asyncio
from datetime import timedelta

import pytest

from roleferry_enrich.pipeline.door import Closing, Door

LONG, NONE = timedelta(seconds=5), timedelta(0)


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_comes_alone_is_let_in_at_once():
    door = Door()
    for inside in (1, 2, 3):
        assert await door.enter(NONE)
        assert door.inside == inside
        await turns(2)
    door.leave()
    assert door.inside == 2


async def test_a_crowd_comes_in_one_after_another_in_the_order_it_came():
    door, went = Door(), []

    async def come(number: int) -> None:
        assert await door.enter(LONG)
        went.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(come(number))
        await turns(4)
        assert 1 <= len(went) < 10

    assert went == list(range(50))
    assert door.inside == 50


async def test_who_cannot_wait_as_long_as_the_line_is_told_so_at_once():
    door = Door()
    crowd = [asyncio.create_task(door.enter(LONG)) for _ in range(100)]
    await turns(1)

    assert not await door.enter(timedelta(milliseconds=1))

    assert all(await asyncio.gather(*crowd))
    assert door.inside == 100


async def test_who_goes_away_holds_up_nobody_behind():
    door = Door()
    crowd = [asyncio.create_task(door.enter(LONG)) for _ in range(10)]
    await turns(1)
    for task in crowd[2:5]:
        task.cancel()

    came = await asyncio.gather(*crowd, return_exceptions=True)

    assert [result is True for result in came] == [*[True] * 2, *[False] * 3, *[True] * 5]
    assert door.inside == 7


async def test_who_goes_in_the_moment_of_being_let_in_is_not_inside():
    door = Door()
    for steps in range(8):
        crowd = [asyncio.create_task(door.enter(LONG)) for _ in range(5)]
        await turns(steps)
        for task in crowd:
            task.cancel()
        results = await asyncio.gather(*crowd, return_exceptions=True)
        for _ in [result for result in results if result is True]:
            door.leave()
        await turns(3)
        assert door.inside == 0


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
