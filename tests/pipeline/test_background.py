"""Background: work has an owner, is waited for, and does not outstay the process."""

import asyncio

from roleferry_enrich.pipeline.background import Background


async def test_what_is_under_way_is_finished() -> None:
    background, done = Background(), []

    async def work() -> None:
        await asyncio.sleep(0.02)
        done.append("work")

    background.start(work())
    await background.drain(5)

    assert done == ["work"]


async def test_what_finished_work_began_is_finished_too() -> None:
    background, done = Background(), []

    async def second() -> None:
        await asyncio.sleep(0.02)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0.01)
        background.start(second())

    background.start(first())
    await background.drain(5)

    assert done == ["second"]


async def test_what_exceeds_the_patience_is_cancelled() -> None:
    background = Background()
    endless = background.start(asyncio.sleep(3600))

    await background.drain(0.01)

    assert endless.cancelled()


async def test_whoever_begins_ever_more_is_cancelled_too() -> None:
    background = Background()

    async def hydra() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            background.start(asyncio.sleep(3600))
            raise

    background.start(hydra())
    async with asyncio.timeout(20):
        await background.drain(0.01)


async def test_with_nothing_under_way_there_is_nothing_to_wait_for() -> None:
    await Background().drain(3600)
