"""How a process learns what to forget, and that it may have missed something.

Memory can be trusted only as long as it is told what was forgotten. So it is switched off, and
emptied, when the channel drops; and whatever was being read or asked before is not kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

CHANNEL = "rfe:forgotten"
# A connection can die without a word: silent for so long it is asked, silent again it is dead.
# Twice that must stay below the two seconds within which nothing forgotten is served any more.
SILENCE_S = 0.5
_REST_S = 0.5
REMEMBERED_S = 3600.0
"""For how long it is known that something was forgotten: longer than a conversation can take, so
that none that began before can bring it back."""


class Fence:
    """Tells what was begun before it was forgotten from what was begun after. Never grows."""

    def __init__(self, clock: Callable[[], float], *, limit: int = 100_000) -> None:
        self._clock = clock
        self._limit = limit
        self._count = 0
        self._floor = 0
        self._forgotten: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def stamp(self) -> int:
        """To be taken before a read or a conversation, and shown to `holds` after it."""
        return self._count

    def holds(self, key: str, stamp: int) -> bool:
        """Whether the result may be kept: nobody forgot it since, and we would have heard."""
        return stamp >= self._floor and not self.is_forgotten(key, stamp)

    def is_forgotten(self, key: str, stamp: int) -> bool:
        return self._forgotten.get(key, (0, 0.0))[0] > stamp

    def forget(self, key: str) -> None:
        self._count += 1
        self._forgotten[key] = self._count, self._clock()
        self._forgotten.move_to_end(key)
        while len(self._forgotten) > self._limit or self._oldest() < self._clock() - REMEMBERED_S:
            _, (count, _) = self._forgotten.popitem(last=False)
            self._floor = max(self._floor, count)

    def forget_all(self) -> None:
        """What was begun before may have been forgotten by somebody we did not hear."""
        self._count += 1
        self._floor = self._count

    def recent(self) -> tuple[str, ...]:
        """What was forgotten of late, by anybody."""
        oldest = self._clock() - REMEMBERED_S
        return tuple(key for key, (_, at) in self._forgotten.items() if at >= oldest)

    def _oldest(self) -> float:
        return next(iter(self._forgotten.values()))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What to do with what is heard."""

    forgotten: Callable[[str], None]
    dropped: Callable[[], None]
    joined: Callable[[], Awaitable[None]]


class Invalidation:
    """The channel on which every process says what it forgot."""

    def __init__(self, redis: "Redis", random: Random, channel: str = CHANNEL) -> None:
        self._redis = redis
        self._random = random
        self._channel = channel
        self.origin = uuid4().hex
        """Tells our own words, which come back to us, from those of others."""

    def message(self, key: str) -> str:
        return f"{self.origin} {key}"

    @asynccontextmanager
    async def heard_by(self, listener: Listener) -> AsyncIterator[None]:
        """Listens for as long as the block lasts."""
        listening = asyncio.create_task(self._listen(listener), name="cache invalidation")
        try:
            yield
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _listen(self, listener: Listener) -> None:
        while True:
            with suppress(RedisError, OSError, TimeoutError):
                await self._hear(listener)
            await asyncio.sleep(_REST_S * self._random.random())

    async def _hear(self, listener: Listener) -> None:
        async with self._redis.pubsub() as pubsub:
            await self._subscribe(pubsub)
            try:
                await listener.joined()
                await self._relay(pubsub, listener)
            finally:
                listener.dropped()

    async def _subscribe(self, pubsub: PubSub) -> None:
        async with asyncio.timeout(2 * SILENCE_S):
            await pubsub.subscribe(self._channel)
            while await pubsub.get_message(timeout=SILENCE_S) is None:
                pass

    async def _relay(self, pubsub: PubSub, listener: Listener) -> None:
        is_asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is None:
                if is_asked:
                    return
                async with asyncio.timeout(SILENCE_S):
                    await pubsub.ping()
                is_asked = True
                continue
            is_asked = False
            if message["type"] == "subscribe":
                # The library connected anew behind our back: something may be missing.
                return
            if message["type"] == "message":
                self._tell(bytes(message["data"]).decode(errors="replace"), listener)

    def _tell(self, text: str, listener: Listener) -> None:
        origin, _, key = text.partition(" ")
        if key and origin != self.origin:
            listener.forgotten(key)
