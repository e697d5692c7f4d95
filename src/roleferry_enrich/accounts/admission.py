"""Lets an account's requests in as far as its quota goes, in all processes together.

Requests that come while Redis is being asked are asked for together, so that a crowd costs one
script and nobody more than one round trip. Who asks again and again, with room for thousands, is
counted a few ahead. While Redis is away each process goes on with its share of the quota, and
tells Redis of it afterwards.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.quota_repository import AgreedQuotas, QuotaRepository
from roleferry_enrich.accounts.quotas import (
    Quota,
    QuotaExceeded,
    QuotaLeft,
    WindowLeft,
    usual_quota,
)
from roleferry_enrich.accounts.shared_counts import SharedCounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.gateway.local_shares import Log
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.providers.contract import Window

_MOST_ACCOUNTS = 10_000
"""Known at once; one is a few kilobytes. Who was forgotten is counted by Redis alone."""
_UNLIMITED = QuotaLeft(())
_AHEAD_S = 0.1
"""What was taken ahead and is not needed by then goes back."""
_MOST_AHEAD = 100
_SHARE_AHEAD = 1_000
"""Of what is left one in so many may be held by one process: near its end a quota is exact."""


class QuotaWatch(Protocol):
    """Told what happens to quotas."""

    def quota_refused(self, window: str) -> None: ...

    def quota_kept_locally(self, count: int) -> None:
        """Redis was away, so these requests were let in from the process's own share."""

    def quota_rebuilt(self) -> None:
        """What Redis kept could not be read: somebody else writes to our keys."""


class Quotas:
    """One per process. `instances` is how many share a quota while Redis is away."""

    def __init__(
        self,
        shared: RedisGuard,
        quota_of: Callable[[UUID], Awaitable[Quota]],
        *,
        instances: int = 1,
        watch: QuotaWatch | None = None,
    ) -> None:
        self._shared = SharedCounts(shared)
        self._quota_of = quota_of
        self._instances = instances
        self._watch = watch
        self._lines: OrderedDict[UUID, _Line] = OrderedDict()

    async def admit(self, account_id: UUID) -> QuotaLeft:
        """Count one request; how the account stands then. Raises QuotaExceeded, counting none."""
        quota = await self._quota_of(account_id)
        if not quota.windows:
            return _UNLIMITED
        try:
            return await self._line(account_id, quota).admit()
        except QuotaExceeded as refused:
            if self._watch is not None:
                for name in refused.violated:
                    self._watch.quota_refused(name)
            raise

    def _line(self, account_id: UUID, quota: Quota) -> "_Line":
        line = self._lines.get(account_id)
        if line is None or line.quota != quota:
            line = _Line(account_id, quota, self._shared, self._instances, self._watch)
            self._lines[account_id] = line
        self._lines.move_to_end(account_id)
        if len(self._lines) > _MOST_ACCOUNTS:
            self._lines.popitem(last=False)
        return line


def account_quotas(
    settings: Settings, engine: AsyncEngine, shared: RedisGuard, watch: QuotaWatch
) -> Quotas:
    agreed = AgreedQuotas(QuotaRepository(engine), usual_quota(settings))
    return Quotas(shared, agreed.of, instances=settings.instances, watch=watch)


class _Line:
    """The requests of one account in this process."""

    def __init__(
        self,
        account_id: UUID,
        quota: Quota,
        shared: SharedCounts,
        instances: int,
        watch: QuotaWatch | None,
    ) -> None:
        self.quota = quota
        self._account_id = account_id
        self._shared = shared
        self._share = _OwnShare(quota, instances)
        self._watch = watch
        self._ahead = _Ahead(self._give_back)
        self._waiting: list[asyncio.Future[QuotaLeft]] = []
        self._owed = 0
        """Let in and not told to Redis; negative, told and not needed."""
        self._serving: asyncio.Task[None] | None = None

    async def admit(self) -> QuotaLeft:
        known = self._ahead.take()
        if known is not None:
            return known
        turn: asyncio.Future[QuotaLeft] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._begin_serving()
        return await turn

    def _begin_serving(self) -> None:
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve(), name="quota")

    def _give_back(self, unused: int) -> None:
        self._owed -= unused
        self._begin_serving()

    async def _serve(self) -> None:
        try:
            while self._waiting or self._owed < 0:
                asking, self._waiting = self._waiting, []
                try:
                    await self._decide(asking)
                except BaseException as error:
                    # Whoever waits must not wait for ever for a task that has ended.
                    for turn in (*asking, *self._waiting):
                        if not turn.done():
                            turn.set_exception(error)
                    raise
        finally:
            self._serving = None

    async def _decide(self, asking: list[asyncio.Future[QuotaLeft]]) -> None:
        owed, wanted = self._owed, len(asking) + self._ahead.wanted(len(asking))
        try:
            counted = await self._shared.admit(self._account_id, self.quota, wanted, owed)
        except RedisDown:
            # What was not needed is forgotten: there is nobody to give it back to.
            self._owed = max(0, self._owed)
            self._decide_alone(asking)
            return
        self._owed -= owed
        if counted.rebuilt and self._watch is not None:
            self._watch.quota_rebuilt()
        if counted.admitted:
            self._share.took(counted.admitted)
        for place, turn in enumerate(asking):
            _tell(turn, counted.left, admitted=place < counted.admitted)
        self._ahead.put(max(0, counted.admitted - len(asking)), counted.left)

    def _decide_alone(self, asking: list[asyncio.Future[QuotaLeft]]) -> None:
        count = 0
        for turn in asking:
            admitted = self._share.take()
            count += admitted
            _tell(turn, self._share.left(), admitted=admitted)
        self._owed += count
        if count and self._watch is not None:
            self._watch.quota_kept_locally(count)


class _Ahead:
    """Requests that are counted already and have not come yet."""

    def __init__(self, give_back: Callable[[int], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._give_back = give_back
        self._count = 0
        self._size = 0
        self._put_at = -math.inf
        self._left = _UNLIMITED
        self._end: asyncio.TimerHandle | None = None

    def take(self) -> QuotaLeft | None:
        """How the account stood when one that is left was counted."""
        if not self._count:
            return None
        self._count -= 1
        return self._left

    def wanted(self, asking: int) -> int:
        """How many to count ahead of those who ask: ever more while they come at once."""
        if self._loop.time() > self._put_at + _AHEAD_S:
            self._size = 0
            return 0
        self._size = min(_MOST_AHEAD, max(2 * self._size, asking))
        room = min((one.left for one in self._left.windows), default=0)
        return min(self._size, room // _SHARE_AHEAD)

    def put(self, count: int, left: QuotaLeft) -> None:
        self._count += count
        self._left, self._put_at = left, self._loop.time()
        if self._end is not None:
            self._end.cancel()
        self._end = self._loop.call_later(_AHEAD_S, self._over) if self._count else None

    def _over(self) -> None:
        unused, self._count = self._count, 0
        if unused:
            self._give_back(unused)


class _OwnShare:
    """What this process may let in by itself; it counts what Redis let in, too."""

    def __init__(self, quota: Quota, instances: int) -> None:
        self._clock = asyncio.get_running_loop().time
        self._logs = [
            (window, Log(Window(window.requests, window.length), instances))
            for window in quota.windows
        ]

    def take(self) -> bool:
        now = self._clock()
        if any(log.free_at(now, Priority.INTERACTIVE) > now for _, log in self._logs):
            return False
        self.took(1)
        return True

    def took(self, count: int) -> None:
        now = self._clock()
        for _, log in self._logs:
            log.add(now, count)

    def left(self) -> QuotaLeft:
        now = self._clock()
        return QuotaLeft(
            tuple(
                WindowLeft(window, log.left(now), timedelta(seconds=log.more_at(now) - now))
                for window, log in self._logs
            )
        )


def _tell(turn: "asyncio.Future[QuotaLeft]", left: QuotaLeft, *, admitted: bool) -> None:
    if turn.done():
        return  # gone meanwhile; the request was counted all the same
    if admitted:
        turn.set_result(left)
    else:
        turn.set_exception(QuotaExceeded(left))
