"""Permits to call a provider, shared by every process through Redis.

One Lua script reserves a permit in all of a provider's windows on the server's clock and says
how long to wait. Without Redis each process goes on with its share of the limit: never more than
the provider allows, never nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources

from redis.exceptions import ResponseError

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.providers.contract import Window

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """The windows that one lane of one provider is counted in."""

    provider: str
    lane: str
    windows: tuple[Window, ...]

    @property
    def key(self) -> str:
        # The braces put all of a provider's keys on one node of a Redis cluster.
        return f"rfe:{{{self.provider}}}:permits:{self.lane}"


class Limiter:
    """Hands out permits. `instances` is how many processes share a limit when Redis is away."""

    def __init__(self, shared: RedisGuard, *, instances: int = 1) -> None:
        self._shared = shared
        self._permit = shared.redis.register_script(_lua("permit"))
        self._pause = shared.redis.register_script(_lua("pause"))
        self._quiet = shared.redis.register_script(_lua("silence"))
        self._clock = asyncio.get_running_loop().time
        self._local = LocalShares(instances, self._clock)

    async def acquire(self, bucket: Bucket, *, within: timedelta) -> timedelta:
        """Wait for a permit and return how long that took.

        Raises NoPermit, at once and without taking one, if it would take longer than `within`.
        """
        ends, waited = self._clock() + within.total_seconds(), timedelta(0)
        while True:
            left = timedelta(seconds=max(0.0, ends - self._clock()))
            wait = await self._take(bucket, left) if bucket.windows else timedelta(0)
            await self._sleep(wait, ends)
            # Silence may have been asked for since, or Redis may have forgotten that it was. A
            # permit does not outlast it: all who waited would go out at once.
            asked_again = not bucket.windows or bool(wait)
            silence = await self._silence(bucket, asked_again=asked_again)
            if not silence:
                return waited + wait
            await self._sleep(silence, ends)
            waited += wait + silence

    async def _take(self, bucket: Bucket, within: timedelta) -> timedelta:
        try:
            return await self._shared.call(self._reserve(bucket, within))
        except RedisDown:
            return self._local.reserve(bucket, within)

    async def _sleep(self, wait: timedelta, ends: float) -> None:
        if wait < timedelta(0) or self._clock() + wait.total_seconds() > ends:
            raise NoPermit(f"the next permit is free in {abs(wait.total_seconds()):.1f} s")
        if wait:
            await asyncio.sleep(wait.total_seconds())

    async def _silence(self, bucket: Bucket, *, asked_again: bool) -> timedelta:
        """How long no process may call; what Redis knows beside this process if it is asked."""
        own = self._local.silence(bucket)
        if own or not asked_again:
            return own
        try:
            return await self._shared.call(self._shared_silence(bucket))
        except RedisDown:
            return own

    async def _shared_silence(self, bucket: Bucket) -> timedelta:
        left = int(await self._quiet(keys=[bucket.key]))
        return timedelta(microseconds=left)

    async def pause(self, bucket: Bucket, duration: timedelta) -> None:
        """Keep every process from calling for so long, as the provider asked."""
        self._local.pause(bucket, duration)
        try:
            await self._shared.call(self._pause(keys=[bucket.key], args=[_micros(duration)]))
        except RedisDown:
            return

    async def _reserve(self, bucket: Bucket, within: timedelta) -> timedelta:
        args: list[str | int] = [_micros(within), ""]
        for window in bucket.windows:
            period = _micros(window.period)
            args += [period // window.permits, period]
        try:
            answer = await self._permit(keys=[bucket.key], args=args)
        except ResponseError as error:
            if "WRONGTYPE" not in str(error):
                raise
            # Something else wrote to our key: a bucket that cannot be read is rebuilt.
            await self._shared.redis.delete(bucket.key)
            answer = await self._permit(keys=[bucket.key], args=args)
        return timedelta(microseconds=int(answer))


class LocalShares:
    """The same arithmetic as permit.lua over this process's share of each limit."""

    def __init__(self, instances: int, clock: Callable[[], float]) -> None:
        self._instances = instances
        self._clock = clock
        self._arrivals: dict[tuple[str, int], float] = {}
        self._paused: dict[str, float] = {}

    def reserve(self, bucket: Bucket, within: timedelta) -> timedelta:
        """The wait for a reserved permit; negative, and nothing reserved, if beyond `within`."""
        now = self._clock()
        start = max(now, self._paused.get(bucket.key, now))
        for n, window in enumerate(bucket.windows):
            arrival = self._arrivals.get((bucket.key, n), now)
            start = max(start, arrival - self._lead(window))
        if start - now > within.total_seconds():
            return timedelta(seconds=now - start)
        for n, window in enumerate(bucket.windows):
            arrival = max(start, self._arrivals.get((bucket.key, n), start))
            self._arrivals[bucket.key, n] = arrival + self._interval(window)
        return timedelta(seconds=start - now)

    def pause(self, bucket: Bucket, duration: timedelta) -> None:
        until = self._clock() + duration.total_seconds()
        self._paused[bucket.key] = max(until, self._paused.get(bucket.key, until))

    def silence(self, bucket: Bucket) -> timedelta:
        left = self._paused.get(bucket.key, 0.0) - self._clock()
        return timedelta(seconds=max(0.0, left))

    def _interval(self, window: Window) -> float:
        """Between permits: all instances together keep the rate, also where it is below theirs."""
        return window.period.total_seconds() * self._instances / window.permits

    def _lead(self, window: Window) -> float:
        """How far ahead of their time permits may be used: this process's share of the burst."""
        return (max(1, window.permits // self._instances) - 1) * self._interval(window)


def _lua(name: str) -> str:
    return (resources.files(__package__) / "lua" / f"{name}.lua").read_text()


def _micros(duration: timedelta) -> int:
    return int(duration.total_seconds() * _MICRO)
