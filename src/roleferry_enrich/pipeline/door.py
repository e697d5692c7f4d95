"""Lets in as many requests as this process can finish in time, and tells the rest so at once.

A burst that is worked on all at once finishes nothing by its deadline. What a request costs us in
CPU is learnt from those that leave; more inside than a deadline has room for would all be late.
Who waits for slow providers takes room, but not more than there is: at full load requests come
and go at the rate at which we can serve them, and stay for at most a deadline.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta

_USUAL_COST_S = 0.01
_LEAST_COST_S = 0.005
"""After many answers from the cache, a burst of others may come."""
_SHARE = 0.6
"""Of a deadline that those inside may fill with work; the rest reads, refuses and sends."""
_FEWEST = 8
_SAMPLE, _SAMPLE_S = 20, 0.2
"""Leavers, and seconds of CPU: who leave in the same moment have shared the work, so that only
many over some time tell what one costs."""
_NEWEST = 0.1
"""What the latest sample weighs in the average; a dearer one is believed at once."""
_LOOK_S = 0.05


class Door:
    """One per process. Who was let in must leave."""

    def __init__(self, cpu: Callable[[], float] = time.process_time) -> None:
        self._cpu = cpu
        self._cpu_before, self._left = cpu(), 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._cost_s = _USUAL_COST_S
        self._room = _FEWEST
        self.inside = 0

    async def enter(self, deadline: timedelta, patience: timedelta) -> bool:
        """Whether one is let in; False at once where the line is longer than the patience."""
        self._room = max(_FEWEST, int(_SHARE * deadline.total_seconds() / self._cost_s))
        if not self.inside:
            self._cpu_before, self._left = self._cpu(), 0
        if self.inside < self._room:
            self.inside += 1
            return True
        seconds = patience.total_seconds()
        if len(self._line) * self._cost_s > seconds:
            return False
        return await self._wait(seconds)

    def leave(self) -> None:
        self._left += 1
        if self._left >= _SAMPLE:
            self._learn()
        self._let_go()

    async def calm(self, patience: timedelta) -> None:
        """Wait until nobody is in line, for work that can wait as long."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + patience.total_seconds()
        while self.inside >= self._room and loop.time() < ends:  # noqa: ASYNC110 - no event for each leave
            await asyncio.sleep(_LOOK_S)

    async def _wait(self, seconds: float) -> bool:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            return _was_let_in(turn)
        except asyncio.CancelledError:
            if _was_let_in(turn):
                self._let_go()
            raise
        return True

    def _learn(self) -> None:
        now = self._cpu()
        if now - self._cpu_before < _SAMPLE_S:
            return
        cost = max((now - self._cpu_before) / self._left, _LEAST_COST_S)
        self._cost_s = max(cost, self._cost_s + _NEWEST * (cost - self._cost_s))
        self._cpu_before, self._left = now, 0

    def _let_go(self) -> None:
        """Give one's place to the first in line, or leave it empty."""
        while self._line and self.inside <= self._room:
            turn = self._line.popleft()
            # One whose patience ended is still in line.
            if not turn.done():
                turn.set_result(None)
                return
        self.inside -= 1


def _was_let_in(turn: asyncio.Future[None]) -> bool:
    """In the very turn of the loop in which it gave up waiting."""
    return turn.done() and not turn.cancelled()


class Closing:
    """How much of a deadline to keep back for merging, recording and sending the answer."""

    _MOST = timedelta(milliseconds=100)
    _SHARE = 0.1
    # With many inside that wait for the same hung provider, all come to their deadline together.
    _MOST_SHARE = 0.4
    _STEPS = 4.0
    """Merging takes so large a part of what an answer takes in all."""

    def __init__(self) -> None:
        self._merging = 0.0005

    def kept_back(self, deadline: timedelta, inside: int) -> timedelta:
        alone = min(self._MOST, deadline * self._SHARE)
        others = timedelta(seconds=self._merging * self._STEPS * (inside - 1))
        return min(alone + others, max(alone, deadline * self._MOST_SHARE))

    def merged_in(self, seconds: float) -> None:
        self._merging += _NEWEST * (seconds - self._merging)
