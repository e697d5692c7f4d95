import asyncio
import os
import signal

import pytest

from roleferry_enrich.terminal.batches.interruption import Interrupted, interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_first_signal_ends_the_work_and_the_second_does_not_disturb(number):
    told, cleaned = [], []
    before = signal.getsignal(number)

    async def work():
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0)
            cleaned.append("all")

    with pytest.raises(Interrupted) as interrupted:
        await interruptible(work(), lambda: told.append("stopping"))
    assert interrupted.value.number == number
    assert (told, cleaned) == (["stopping"], ["all"])
    assert signal.getsignal(number) == before


async def test_what_is_not_interrupted_is_handed_on():
    async def work():
        return 7

    assert await interruptible(work(), lambda: None) == 7


async def test_another_cancellation_stays_one():
    running = asyncio.create_task(interruptible(asyncio.Event().wait(), lambda: None))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
