"""Permits to call a provider, shared by every process through Redis.

One Lua script reserves permits in all of a provider's windows on the server's clock and says
how long to wait. Without Redis each process goes on with its share of the limit: never more than
the provider allows, never nothing.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.local_shares import LocalShares
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.shared_buckets import Decision, Reservation, Reserved, SharedBuckets
from roleferry_enrich.gateway.turnstile import Turnstile

__all__ = ["Bucket", "Limiter", "Priority"]


class LimitWatch(Protocol):
    """Told what happens to limits."""

    def permits_kept_locally(self, provider: str, count: int) -> None:
        """Redis was away, so these permits came from the process's own share."""

    def limit_rebuilt(self, provider: str) -> None:
        """A bucket held what no bucket holds: somebody writes to our keys, or a clock jumped."""

    def rate_lowered(self, provider: str, rate: float) -> None:
        """The provider refused us without a word on when; `rate` is what is left of the full."""


class Limiter:
    """Hands out permits. `instances` is how many processes share a limit when Redis is away."""

    def __init__(
        self, shared: RedisGuard, *, instances: int = 1, watch: LimitWatch | None = None
    ) -> None:
        self._buckets = SharedBuckets(shared)
        self._permits = _Permits(
            self._buckets, LocalShares(instances, asyncio.get_running_loop().time), watch
        )
        self._watch = watch
        self._turnstiles: dict[tuple[str, Priority], Turnstile] = {}

    async def acquire(
        self, bucket: Bucket, *, within: timedelta, priority: Priority = Priority.INTERACTIVE
    ) -> timedelta:
        """Wait for a permit and return how long that took.

        Raises NoPermit, without taking one, if it would take longer than `within`, and
        Quarantined if some process learnt that the provider does not serve us.
        """
        turnstile = self._turnstiles.get((bucket.key, priority))
        if turnstile is None:
            turnstile = Turnstile(self._permits, bucket, priority)
            self._turnstiles[bucket.key, priority] = turnstile
        return await turnstile.enter(within)

    async def pause(self, bucket: Bucket, duration: timedelta) -> None:
        """Keep every process from calling for so long, as the provider asked."""
        self._permits.local.pause(bucket, duration)
        try:
            await self._buckets.pause(bucket, duration)
        except RedisDown:
            return  # this process tells the others as soon as it reserves again

    async def lower(self, bucket: Bucket) -> None:
        """Go on more slowly, in every process: the provider refused without saying for how long."""
        try:
            rate = await self._buckets.lower(bucket)
        except RedisDown:
            return
        if self._watch is not None:
            self._watch.rate_lowered(bucket.provider, rate)

    async def switch_off(self, provider: str, duration: timedelta, reason: str) -> bool:
        """Keep every process from calling; True if no other process had said so before."""
        try:
            return await self._buckets.switch_off(provider, duration, reason)
        except RedisDown:
            return True

    async def switch_on(self, provider: str) -> bool:
        """True if no other process had said so before."""
        try:
            return await self._buckets.switch_on(provider)
        except RedisDown:
            return True


class _Permits:
    """From Redis, or from this process's share while Redis is away."""

    def __init__(self, shared: SharedBuckets, local: LocalShares, watch: LimitWatch | None) -> None:
        self._shared = shared
        self.local = local
        self._watch = watch
        self._owed: dict[str, int] = {}
        self._epochs: dict[str, int] = {}

    async def reserve(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        owed = self._owed.get(bucket.key, 0)
        try:
            reservation = await self._ask(bucket, priority, waits, owed)
            waiting = self.local.waiting(bucket)
            if waiting and reservation.epoch != self._epochs.get(bucket.key, reservation.epoch):
                # Redis lost its memory, and gave those who wait here nothing to come after.
                reservation = await self._ask(bucket, priority, waits, waiting)
        except RedisDown:
            return self._from_own_share(bucket, priority, waits)
        self._owed.pop(bucket.key, None)
        self._epochs[bucket.key] = reservation.epoch
        if reservation.rebuilt and self._watch is not None:
            self._watch.limit_rebuilt(bucket.provider)
        for decision in reservation.decisions:
            if isinstance(decision, Reserved):
                self.local.took(bucket, decision.wait)
        return reservation.decisions

    async def _ask(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta], owed: int
    ) -> Reservation:
        silence = self.local.silence(bucket)
        if owed:
            # Some of them wait for a time yet to come: what Redis gives now must come after.
            silence = max(silence, self.local.ahead(bucket))
        return await self._shared.reserve(bucket, priority, waits, owed=owed, silence=silence)

    async def shift(self, bucket: Bucket) -> int | None:
        try:
            return await self._shared.shift(bucket)
        except RedisDown:
            return None

    def silence(self, bucket: Bucket) -> timedelta:
        return self.local.silence(bucket)

    async def release(self, bucket: Bucket, unused: Sequence[Reserved]) -> None:
        shared = [permit for permit in unused if permit.seq]
        for permit in unused:
            if not permit.seq:
                self.local.give_back(bucket, permit.start)
        try:
            await self._shared.release(bucket, shared)
        except RedisDown:
            return

    def _from_own_share(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        decisions = [self.local.reserve(bucket, priority, within) for within in waits]
        count = sum(isinstance(decision, Reserved) for decision in decisions)
        self._owed[bucket.key] = self._owed.get(bucket.key, 0) + count
        if count and self._watch is not None:
            self._watch.permits_kept_locally(bucket.provider, count)
        return decisions
