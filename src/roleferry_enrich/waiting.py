"""Waiting for another process, by a loop that may itself be late.

A timer tells only how late it is. After a process stood still (its CPU was taken, a long piece of
work held its loop) it goes off before the reply that has long come is read, and whoever was asked
would pass for dead.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

_TURNS = 8
"""Of the loop, at least, before somebody counts as silent: a reply takes four to be read."""


async def answer_within(patience_s: float, asked: Awaitable[T]) -> T:
    """What is said in time. Raises TimeoutError once the loop has looked often enough as well.

    What is not waited for any more, or by nobody any more, is cancelled.
    """
    answer = asyncio.ensure_future(asked)
    try:
        for _ in range(_TURNS):
            done, _ = await asyncio.wait({answer}, timeout=max(patience_s, 0) / _TURNS)
            if done:
                return answer.result()
    finally:
        answer.cancel()
    raise TimeoutError
