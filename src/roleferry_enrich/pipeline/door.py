"""Lets in as many requests as this process can finish in time, and tells the rest so at once.

A burst that is worked on all at once finishes nothing by its deadline. What a request costs us in
CPU is learnt from those that leave; more inside than a deadline has room for would all be late.
Who waits for slow providers takes room, but not more than there is: at full load requests come
and go at the rate at which we can serve them, and stay for at most a deadline.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
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
_HEARING_S = 0.3


class Door:
    """One per process. Who was let in must leave."""

    def __init__(self, cpu: Callable[[], float] = time.process_time) -> None:
        self._cpu = cpu
        self._cpu_before, self._left = cpu(), 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._cost_s = _USUAL_COST_S
        self._room = _FEWEST
        self._is_turning, self._has_heard = False, False
        self.crowd_at = math.inf
        """Since when there has been a line (loop time): who is heard now may have come with it."""
        self._has_room = asyncio.Event()
        self._has_room.set()
        self.inside = 0

    async def enter(self, deadline: timedelta, patience: timedelta) -> bool:
        """Whether one is let in; False at once where the line is longer than the patience."""
        self._room = max(_FEWEST, int(_SHARE * deadline.total_seconds() / self._cost_s))
        if not self.inside:
            self._cpu_before, self._left = self._cpu(), 0
        if not self._is_turning and not self._line and self.inside < self._room:
            self.crowd_at = math.inf
            self._let_in()
            return True
        self._hear()
        self._has_room.clear()
        seconds = patience.total_seconds()
        if len(self._line) * self._cost_s > seconds:
            return False
        return await self._wait(seconds)

    def _hear(self) -> None:
        """While a crowd is still coming, none of it is let in: most will have to be refused."""
        self._has_heard = True
        if not self._line:
            self.crowd_at = asyncio.get_running_loop().time()

    def leave(self) -> None:
        self._left += 1
        if self._left >= _SAMPLE:
            self._learn()
        self.inside -= 1
        if self._line and not self._is_turning:
            self._next()
        if not self._line:
            self.crowd_at = math.inf
            self._has_room.set()

    async def calm(self, patience: timedelta) -> None:
        """Wait until there is room again, for work that can wait as long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()):
                await self._has_room.wait()

    async def _wait(self, seconds: float) -> bool:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as ended:
            was_let_in = turn.done() and not turn.cancelled()  # in this very turn of the loop
            if not was_let_in and turn in self._line:
                self._line.remove(turn)
            if isinstance(ended, TimeoutError):
                return was_let_in
            if was_let_in:
                self.leave()
            raise
        return True

    def _learn(self) -> None:
        now = self._cpu()
        if now - self._cpu_before < _SAMPLE_S:
            return
        cost = max((now - self._cpu_before) / self._left, _LEAST_COST_S)
        self._cost_s = max(cost, self._cost_s + _NEWEST * (cost - self._cost_s))
        self._cpu_before, self._left = now, 0

    def _let_in(self) -> None:
        """One in each turn of the loop, so that a crowd is heard before much is begun."""
        self.inside += 1
        self._turn()

    def _turn(self) -> None:
        self._is_turning, self._has_heard = True, False
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._is_turning = False
        if self._has_heard and asyncio.get_running_loop().time() < self.crowd_at + _HEARING_S:
            self._turn()
            return
        while self._line and self.inside < self._room:
            turn = self._line.popleft()
            # One who goes in this very turn of the loop is in line still.
            if not turn.done():
                turn.set_result(None)
                self._let_in()
                return


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
