"""Group commit: whoever comes while a statement runs shares the next one.

Alone one waits for nobody; many at once cost little more than one. At most one statement of a
lane is under way.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from roleferry_enrich.storage.wire import DatabaseAway

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 100
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0


class Lane(Generic[Item, Result]):
    """`write` takes several items and returns a result for each, or raises DatabaseAway."""

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        left_behind: Callable[[Item], object] | None = None,
        is_patient: bool = False,
    ) -> None:
        """`left_behind` is told of what may have been written for somebody who had gone.

        A patient lane tries until the database is back, instead of raising DatabaseAway.
        """
        self._write = write
        self._left_behind = left_behind
        self._is_patient = is_patient
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._is_closed = False
        self._writer: asyncio.Task[None] | None = None

    def put(self, item: Item) -> "asyncio.Future[Result]":
        """Its result, once written; or DatabaseAway."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        if self._is_closed:
            future.cancel()
            return future
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return future

    async def close(self, patience_s: float) -> None:
        """Let what waits be written, for so long; what comes later is not."""
        self._is_closed = True
        if self._writer is not None and not self._writer.done():
            await asyncio.wait({self._writer}, timeout=patience_s)
            self._writer.cancel()
            await asyncio.wait({self._writer})

    async def _write_all(self) -> None:
        while batch := self._next():
            try:
                results = await self._written([item for item, _ in batch])
            except DatabaseAway as error:
                self._failed(batch, error)
            else:
                self._succeeded(batch, results)

    def _next(self) -> "list[tuple[Item, asyncio.Future[Result]]]":
        """Those who wait; an impatient lane forgets who went before anything was written."""
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        while self._waiting and len(batch) < _MOST:
            item, future = self._waiting.popleft()
            if self._is_patient or not future.done():
                batch.append((item, future))
        return batch

    async def _written(self, items: Sequence[Item]) -> Sequence[Result]:
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return await self._write(items)
            except DatabaseAway:
                if not self._is_patient:
                    raise
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _succeeded(
        self, batch: "list[tuple[Item, asyncio.Future[Result]]]", results: Sequence[Result]
    ) -> None:
        for (item, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
            elif self._left_behind is not None:
                self._left_behind(item)

    def _failed(
        self, batch: "list[tuple[Item, asyncio.Future[Result]]]", error: DatabaseAway
    ) -> None:
        for item, future in batch:
            if not future.done():
                future.set_exception(error)
            if error.is_sent and self._left_behind is not None:
                self._left_behind(item)
