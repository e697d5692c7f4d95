"""The process of its own, for real: it answers, it is bounded, and it is replaced when it dies."""

import asyncio
from datetime import timedelta

import pytest

from roleferry_enrich.domain.loose_records import Decision, LooseRecord
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.records.desk import ResolvingDesk, open_desk

MAREN = LooseRecord(full_name="Maren Oakhurst", email="maren@quillmere.test")


async def test_sets_of_records_are_answered_one_after_another():
    async with open_desk() as desk:
        first, second = await asyncio.gather(desk.resolve([MAREN, MAREN]), desk.resolve([MAREN]))

    assert [outcome.decision for outcome in first] == [Decision.JOINED, Decision.JOINED]
    assert [outcome.decision for outcome in second] == [Decision.ALONE]


async def test_the_process_is_kept_and_ends_with_the_desk():
    async with open_desk() as desk:
        await desk.resolve([MAREN])
        process = desk._process
        await desk.resolve([MAREN])
        assert desk._process is process

    assert process.returncode is not None


async def test_a_process_that_died_is_replaced():
    async with open_desk() as desk:
        await desk.resolve([MAREN])
        desk._process.kill()
        await desk._process.wait()

        assert len(await desk.resolve([MAREN])) == 1


async def test_a_process_that_dies_over_its_work_is_told():
    async with open_desk() as desk:
        asked = asyncio.create_task(desk.resolve([MAREN]))
        while desk._process is None:  # noqa: ASYNC110 - nothing tells that it has begun
            await asyncio.sleep(0)
        # It takes far longer to start than to be killed.
        desk._process.kill()
        with pytest.raises(ServiceUnavailable, match="ended"):
            await asked

        assert len(await desk.resolve([MAREN])) == 1


async def test_what_takes_too_long_ends_with_its_process():
    desk = ResolvingDesk(patience=timedelta(0))
    with pytest.raises(ServiceUnavailable, match="in time"):
        await desk.resolve([MAREN])

    assert desk._process is None


async def test_who_goes_away_leaves_no_answer_to_the_next():
    async with open_desk() as desk:
        gone = asyncio.create_task(desk.resolve([MAREN, MAREN]))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone

        assert len(await desk.resolve([MAREN])) == 1


async def test_no_more_than_a_few_may_wait():
    desk = ResolvingDesk(most_waiting=0)
    with pytest.raises(ServiceUnavailable) as refused:
        await desk.resolve([MAREN])

    assert refused.value.retry_after == timedelta(seconds=5)
