"""Waits for what happens in its own time: looks often, and never for ever."""

import asyncio
from collections.abc import Awaitable, Callable


async def becomes(condition: Callable[[], Awaitable[bool]], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():  # noqa: ASYNC110 - what is looked at rings no bell
            await asyncio.sleep(0.001)
