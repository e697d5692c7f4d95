"""What another says in time is heard, also by a loop that is late itself."""

import asyncio
from itertools import count

import pytest

from roleferry_enrich.waiting import answer_within


async def after(turns: int) -> str:
    for _ in range(turns):
        await asyncio.sleep(0)
    return "told"


async def test_an_answer_that_needs_some_turns_is_heard_however_late_the_loop_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count(step=60.0)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(clock))

    assert await answer_within(0.1, after(4)) == "told"


async def test_where_the_time_is_over_the_loop_still_looks() -> None:
    assert await answer_within(-1.0, after(4)) == "told"


async def test_who_says_nothing_is_left_alone() -> None:
    silent = asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        await answer_within(0.01, silent)

    assert silent.cancelled()


async def test_its_error_is_the_answer() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await answer_within(5, fail())


async def test_who_goes_away_asks_no_longer() -> None:
    silent = asyncio.get_running_loop().create_future()
    asking = asyncio.create_task(answer_within(60, silent))
    await asyncio.sleep(0)

    asking.cancel()
    await asyncio.wait({asking})

    assert asking.cancelled()
    assert silent.cancelled()
