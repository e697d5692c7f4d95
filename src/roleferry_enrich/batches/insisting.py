"""Writes what may not be lost, however long the database is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from roleferry_enrich.errors import ServiceUnavailable

_AGAIN_S = 1.0
T = TypeVar("T")


async def insisting(write: Callable[[], Awaitable[T]]) -> T:
    """Until the database takes it: it was paid for."""
    while True:
        try:
            return await write()
        except ServiceUnavailable:
            await asyncio.sleep(_AGAIN_S)
