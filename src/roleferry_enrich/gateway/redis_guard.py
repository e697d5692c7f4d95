"""Redis as something that may be away: every use is bounded in time and failure is remembered.

A refused connection fails in a millisecond, a black hole never does; and a dead Redis must cost
a request one short wait, not one for each of its calls.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

T = TypeVar("T")


class RedisDown(Exception):
    """Redis did not answer in time, or not at all, or not as Redis."""


class RedisGuard:
    """A Redis client whose calls end within `patience` seconds, whatever Redis does.

    None is for a client that sees to that by itself.
    """

    def __init__(self, redis: "Redis", *, patience: float | None = 0.1, rest: float = 1.0) -> None:
        self.redis = redis
        self._patience = patience
        self._rest = rest
        self._down_until = 0.0

    @property
    def is_up(self) -> bool:
        return asyncio.get_running_loop().time() >= self._down_until

    async def call(self, command: Awaitable[T]) -> T:
        """The command's result. Raises RedisDown."""
        if not self.is_up:
            # A coroutine that is never awaited would warn.
            close = getattr(command, "close", None)
            if close is not None:
                close()
            raise RedisDown
        try:
            async with asyncio.timeout(self._patience):
                return await command
        except (RedisError, OSError, TimeoutError) as error:
            self._down_until = asyncio.get_running_loop().time() + self._rest
            raise RedisDown from error
