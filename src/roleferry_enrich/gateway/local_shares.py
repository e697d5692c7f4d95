"""This process's share of each limit, for as long as Redis is away.

The shares of all processes together are the limit, so each is also told what it took while Redis
was there, and counts it.
"""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from itertools import takewhile

from roleferry_enrich.gateway.buckets import MICRO, Bucket, Priority
from roleferry_enrich.gateway.shared_buckets import Decision, Refused, Reserved
from roleferry_enrich.providers.contract import Window

_CELLS = 200
_BATCH_SHARE = 0.7


class Log:
    """The starts of one period, counted in cells that are each taken for as late as their last."""

    def __init__(self, window: Window, instances: int) -> None:
        self._share = max(1, window.permits // instances)
        # Too few permits for one each: everybody has one in a longer period instead.
        stretch = max(1.0, instances / window.permits)
        self._period = window.period.total_seconds() * stretch + 1 / MICRO
        self._cells: deque[list[float]] = deque()

    def free_at(self, now: float, priority: Priority) -> float:
        """The earliest time from `now` on at which one more keeps to the share."""
        self.forget(now)
        room = self._share
        if priority is Priority.BATCH:
            room = max(1, int(room * _BATCH_SHARE))
        excess = sum(count for _, _, count in self._cells) + 1 - room
        for _, latest, count in self._cells:
            if excess <= 0:
                break
            now = latest + self._period
            excess -= int(count)
        return now

    def forget(self, now: float) -> None:
        """What was taken a period ago."""
        while self._cells and self._cells[0][1] + self._period <= now:
            self._cells.popleft()

    def left(self, now: float) -> int:
        """How many more the share has room for."""
        self.forget(now)
        return max(0, self._share - sum(int(count) for _, _, count in self._cells))

    def more_at(self, now: float) -> float:
        """When there is room for one more than now."""
        left = self.left(now)
        missing = 1 if left else sum(int(c) for _, _, c in self._cells) + 1 - self._share
        for _, latest, count in self._cells:
            if missing > 0:
                now = latest + self._period
            missing -= int(count)
        return now

    def after(self, now: float) -> int:
        # The latest are last; asked at each call, of which all but a few are long over.
        coming = takewhile(lambda cell: cell[1] > now, reversed(self._cells))
        return sum(int(count) for _, _, count in coming)

    def remove(self, start: float) -> None:
        cell = next((cell for cell in self._cells if start <= cell[1]), None)
        if cell is not None:
            cell[2] -= 1

    def add(self, start: float, count: int = 1) -> None:
        if self._cells and start < self._cells[-1][0] + self._period / _CELLS:
            self._cells[-1][1] = max(start, self._cells[-1][1])
            self._cells[-1][2] += count
        else:
            self._cells.append([start, start, count])


class LocalShares:
    def __init__(self, instances: int, clock: Callable[[], float]) -> None:
        self._instances = instances
        self._clock = clock
        self._logs: dict[str, tuple[Log, ...]] = {}
        self._latest: dict[str, float] = {}
        self._silent_until: dict[str, float] = {}

    def reserve(self, bucket: Bucket, priority: Priority, within: timedelta) -> Decision:
        now = self._clock()
        logs = self._of(bucket)
        start = max(now, self._silent_until.get(bucket.key, now), self._latest.get(bucket.key, now))
        start = max((start, *(log.free_at(start, priority) for log in logs)))
        wait = timedelta(seconds=start - now)
        if wait > (within if priority is Priority.INTERACTIVE else timedelta(0)):
            return Refused(wait)
        self._take(bucket, start)
        return Reserved(wait, start=start)

    def took(self, bucket: Bucket, wait: timedelta) -> None:
        """Count a permit that Redis gave."""
        self._take(bucket, self._clock() + wait.total_seconds())

    def give_back(self, bucket: Bucket, start: float) -> None:
        """Forget a permit that was not used."""
        for log in self._of(bucket):
            log.remove(start)

    def pause(self, bucket: Bucket, duration: timedelta) -> None:
        until = self._clock() + duration.total_seconds()
        self._silent_until[bucket.key] = max(until, self._silent_until.get(bucket.key, until))

    def silence(self, bucket: Bucket) -> timedelta:
        """What is left of the longest pause this process was asked for."""
        until = self._silent_until.get(bucket.key)
        left = 0.0 if until is None else until - self._clock()
        return timedelta(seconds=max(0.0, left))

    def ahead(self, bucket: Bucket) -> timedelta:
        """How far from now the latest start is that was given away here."""
        left = self._latest.get(bucket.key, 0.0) - self._clock()
        return timedelta(seconds=max(0.0, left))

    def waiting(self, bucket: Bucket) -> int:
        """How many starts that were given away here are yet to come."""
        return max((log.after(self._clock()) for log in self._of(bucket)), default=0)

    def _take(self, bucket: Bucket, start: float) -> None:
        self._latest[bucket.key] = start
        for log in self._of(bucket):
            # Here too: while Redis gives the permits nobody asks what is left.
            log.forget(self._clock())
            log.add(start)

    def _of(self, bucket: Bucket) -> tuple[Log, ...]:
        logs = self._logs.get(bucket.key)
        if logs is None:
            logs = tuple(Log(window, self._instances) for window in bucket.windows)
            self._logs[bucket.key] = logs
        return logs
