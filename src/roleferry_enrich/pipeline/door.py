"""Lets requests in as fast as this process can serve them, and tells the rest so in time.

A burst that is worked on all at once finishes nothing by its deadline. In through the door goes
one request a turn of the event loop: a turn is as long as the work under way makes it, so that
the busier we are, the slower they come in, and who waits for providers only holds up nobody.
"""

import asyncio
from collections import deque
from datetime import timedelta

_USUAL_TURN = 0.005
_NEWEST = 0.1
"""What the latest turn weighs in the average."""


class Door:
    """One per process. Who was let in must leave."""

    def __init__(self) -> None:
        self._line: deque[asyncio.Future[bool]] = deque()
        self._turn = _USUAL_TURN
        self._opened_at = 0.0
        self._is_turning = False
        self.inside = 0

    async def enter(self, patience: timedelta) -> bool:
        """Whether one is let in; False at once where the line is longer than the patience."""
        if not self._is_turning:
            self._admit()
            return True
        seconds = patience.total_seconds()
        if len(self._line) * self._turn > seconds:
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except TimeoutError:
            return _was_let_in(turn)
        except asyncio.CancelledError:
            if _was_let_in(turn):
                self.leave()
            raise

    def leave(self) -> None:
        self.inside -= 1

    def _admit(self) -> None:
        self.inside += 1
        self._is_turning = True
        loop = asyncio.get_running_loop()
        self._opened_at = loop.time()
        loop.call_soon(self._next)

    def _next(self) -> None:
        """In the loop's next turn, behind all that was ready before."""
        self._is_turning = False
        while self._line:
            first = self._line.popleft()
            # One whose patience ended is still in line.
            if not first.done():
                now = asyncio.get_running_loop().time()
                self._turn += _NEWEST * (now - self._opened_at - self._turn)
                first.set_result(True)
                self._admit()
                return


def _was_let_in(turn: asyncio.Future[bool]) -> bool:
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
