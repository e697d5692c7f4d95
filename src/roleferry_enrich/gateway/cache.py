"""Answers already paid for: memory first, then Redis.

Entries are bytes (MessagePack) at both levels, so that nobody can change a cached answer and the
memory bound is exact. A key is a keyed hash: it tells nothing of whom it is about. What cannot be
read is a miss.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from roleferry_enrich.domain.outcomes import CacheLevel
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.providers.contract import Findings

_VERSION = b"1"
_MEMORY_LIFE = timedelta(seconds=60)
_NEGATIVE_LIFE = timedelta(hours=6)
_ENTRY_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One cached answer and the conversation it came from."""

    findings: Findings
    conversation: UUID
    observed_at: datetime


class Cache:
    """Two levels; what memory holds never outlives what Redis holds."""

    def __init__(
        self,
        shared: RedisGuard,
        *,
        secret: bytes,
        memory_bytes: int,
        now: Callable[[], datetime],
    ) -> None:
        self._shared = shared
        self._secret = secret
        self._now = now
        self._memory = Memory(memory_bytes, asyncio.get_running_loop().time)
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Remembered).decode

    def key(self, *parts: bytes) -> str:
        """A name for a question: equal for equal parts, meaningless without the secret."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in (_VERSION, *parts))
        return "rfe:answer:" + hmac.new(self._secret, framed, hashlib.sha256).hexdigest()

    async def get(
        self, key: str, *, max_age: timedelta | None
    ) -> tuple[Remembered, CacheLevel] | None:
        """The answer and where it was, or None; never one older than `max_age`."""
        level = CacheLevel.MEMORY
        frame = self._memory.get(key)
        if frame is None:
            level = CacheLevel.REDIS
            frame = await self._from_redis(key)
        remembered = None if frame is None else self._read(key, frame)
        if remembered is None or self._is_older(remembered, max_age):
            return None
        return remembered, level

    def held(self, key: str) -> object | None:
        """What memory has for the key just now: the same object until it is replaced or gone."""
        return self._memory.get(key)

    async def put(self, key: str, remembered: Remembered, *, fresh_for: timedelta) -> None:
        """Remember an answer. An empty one is a confirmed "not found" and kept shorter."""
        life = fresh_for if remembered.findings else min(fresh_for, _NEGATIVE_LIFE)
        frame = self._encode(remembered)
        if len(frame) > _ENTRY_LIMIT:
            return
        self._memory.put(key, frame, min(life, _MEMORY_LIFE))
        milliseconds = int(life.total_seconds() * 1000)
        try:
            await self._shared.call(self._shared.redis.set(key, frame, px=milliseconds))
        except RedisDown:
            return

    async def _from_redis(self, key: str) -> bytes | None:
        async with self._shared.redis.pipeline(transaction=False) as pipeline:
            pipeline.get(key)
            pipeline.pttl(key)
            try:
                frame, left = await self._shared.call(pipeline.execute())
            except RedisDown:
                return None
        if not isinstance(frame, bytes) or len(frame) > _ENTRY_LIMIT:
            return None
        if left > 0:
            self._memory.put(key, frame, min(timedelta(milliseconds=left), _MEMORY_LIFE))
        return frame

    def _read(self, key: str, frame: bytes) -> Remembered | None:
        try:
            return self._decode(frame)
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._memory.drop(key)
            return None

    def _is_older(self, remembered: Remembered, max_age: timedelta | None) -> bool:
        return max_age is not None and self._now() - remembered.observed_at > max_age


class Memory:
    """Least recently used out first, bounded by bytes."""

    _OVERHEAD = 200  # of an entry's key, tuple and links, measured with tracemalloc

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self.size = 0

    def get(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] <= self._clock():
            self.drop(key)
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: str, frame: bytes, life: timedelta) -> None:
        self.drop(key)
        self._entries[key] = (self._clock() + life.total_seconds(), frame)
        self.size += len(frame) + self._OVERHEAD
        while self.size > self._limit:
            self.drop(next(iter(self._entries)))

    def drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= len(entry[1]) + self._OVERHEAD
