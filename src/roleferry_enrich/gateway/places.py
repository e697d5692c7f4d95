"""How many calls to a provider may be under way at once, in all processes together.

Only for a provider whose contract names such a limit: it costs two requests to Redis for each
call. Otherwise each process keeps to its own number.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from uuid import uuid4

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.shared_buckets import SharedBuckets

_LOOK_AGAIN_S = 0.05
_GRACE = timedelta(seconds=1)


class FleetPlaces:
    """Places leased on the clock of Redis: a process that dies leaves none taken for long."""

    def __init__(
        self,
        shared: RedisGuard,
        limits: Mapping[str, int],
        *,
        random: Random,
        instances: int = 1,
    ) -> None:
        self._shared = SharedBuckets(shared)
        self._limits = limits
        self._random = random
        self._instances = instances
        self._taken: Counter[str] = Counter()
        self._heads: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def place(
        self, provider: str, *, within: timedelta, at_most: timedelta
    ) -> AsyncIterator[None]:
        """A place for a call that takes `at_most` so long. Raises NoPermit after `within`."""
        limit = self._limits.get(provider)
        if limit is None:
            yield
            return
        who = uuid4().hex
        await self._wait_for(provider, limit, who, within=within, lease=within + at_most + _GRACE)
        self._taken[provider] += 1
        try:
            yield
        finally:
            self._taken[provider] -= 1
            await self._leave(provider, who)

    async def _wait_for(
        self, provider: str, limit: int, who: str, *, within: timedelta, lease: timedelta
    ) -> None:
        try:
            # Only the first in line asks: those behind it must not overtake it.
            async with asyncio.timeout(within.total_seconds()), self._heads[provider]:
                while not await self._enter(provider, limit, who, lease):  # noqa: ASYNC110 - another process rings no bell
                    await asyncio.sleep(_LOOK_AGAIN_S * (0.5 + self._random.random()))
        except TimeoutError as error:
            await self._leave(provider, who)
            raise NoPermit("too many calls to the provider are under way") from error
        except asyncio.CancelledError:
            await self._leave(provider, who)
            raise

    async def _enter(self, provider: str, limit: int, who: str, lease: timedelta) -> bool:
        try:
            return await self._shared.enter(provider, who, places=limit, lease=lease)
        except RedisDown:
            return self._taken[provider] < max(1, limit // self._instances)

    async def _leave(self, provider: str, who: str) -> None:
        """In a task of its own: whoever leaves may be cancelled, and be so once more."""
        leaving = asyncio.create_task(self._give_back(provider, who), name="place-left")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        await asyncio.shield(leaving)

    async def _give_back(self, provider: str, who: str) -> None:
        try:
            await self._shared.leave(provider, who)
        except RedisDown:
            return  # the lease ends by itself
