"""How long a waterfall waits for one answer before it asks the next provider.

Waiting for each in turn saves money and takes time, of which a request has little: one slow
provider would keep all that come after it from being asked at all. Whoever takes longer than its
share of the deadline goes on answering, and is no longer waited for.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Generic, TypeVar

_SHARE = 1 / 10
"""Of the deadline: as many steps fit into it, and a usual answer fits into a step."""

T = TypeVar("T")


class Patience(Generic[T]):
    """The answers one request waits for, each for a while; times are the running loop's."""

    def __init__(self, deadline: timedelta) -> None:
        self._each = deadline.total_seconds() * _SHARE
        self._ends: dict[T, float] = {}

    def begun(self, asked: T) -> None:
        self._ends[asked] = asyncio.get_running_loop().time() + self._each

    def waits_for(self, asked: T) -> bool:
        ends = self._ends.get(asked)
        return ends is not None and ends > asyncio.get_running_loop().time()

    def seconds_left(self, under_way: Iterable[T]) -> float | None:
        """Until the first of those still waited for is no longer; None where there is none."""
        ends = [self._ends[asked] for asked in under_way if self.waits_for(asked)]
        return min(ends) - asyncio.get_running_loop().time() if ends else None
