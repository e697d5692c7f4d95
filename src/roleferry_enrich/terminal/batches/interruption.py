"""Ctrl-C during long work that goes on without us."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from roleferry_enrich.errors import RoleferryError

T = TypeVar("T")


class Interrupted(RoleferryError):
    """SIGINT or SIGTERM came."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


async def interruptible(work: Awaitable[T], told: Callable[[], None]) -> T:
    """Ends the work at the first signal, and raises Interrupted; further ones change nothing.

    `told` is called at once: what has to be finished may take a while.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    came: list[int] = []

    def stop(number: int) -> None:
        if not came:
            came.append(number)
            told()
            task.cancel()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        return await work
    except asyncio.CancelledError:
        if not came:
            raise
        task.uncancel()
        raise Interrupted(came[0]) from None
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
