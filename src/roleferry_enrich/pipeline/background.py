"""Owns work that outlives the request that began it, so that none is lost without a trace."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """Tasks with an owner: each is held, and waited for when the process stops."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    # Any: a coroutine's yield and send types are asyncio's own affair.
    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, patience: float) -> None:
        """Let everything finish, then cancel what has not within `patience` seconds."""
        ends = asyncio.get_running_loop().time() + patience
        # Again and again: what finishes may have begun more, such as the recording of what came.
        while self._tasks and (left := ends - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)
