"""Long work on the event loop, done in pieces between which others are served."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

_PIECE = 20


async def in_turns(things: Iterable[T], piece: int = _PIECE) -> AsyncIterator[T]:
    """Each of them; after every `piece` it is the others' turn.

    Not after each one: on a busy loop a turn takes milliseconds, and PostgreSQL undoes what stands
    still for seconds.
    """
    for place, thing in enumerate(things):
        if place % piece == 0:
            await asyncio.sleep(0)
        yield thing
