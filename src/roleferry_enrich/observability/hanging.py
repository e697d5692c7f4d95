"""Ends a process whose event loop has hung, so that whoever runs it starts another.

An item that never lets go of the event loop leaves a worker that neither works nor ends: its
leases end, its items go to others, and one worker after the other hangs. A thread of the
interpreter's own, which needs no event loop and no lock of it, writes where everybody stood (files
and functions, no values) and ends the process.
"""

import asyncio
import faulthandler
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

HUNG = timedelta(seconds=60)
"""Long after the leases; much longer than what a busy machine or a debugger's look takes."""
_OFTEN = 20
_STDERR = 2


@asynccontextmanager
async def ended_when_hung(after: timedelta) -> AsyncIterator[None]:
    """With exit code 1, once the loop has turned to nobody for so long."""
    standing = asyncio.create_task(_put_off(after))
    try:
        yield
    finally:
        standing.cancel()
        await asyncio.wait([standing])
        faulthandler.cancel_dump_traceback_later()


async def _put_off(after: timedelta) -> None:
    """The end, for as long as this is called."""
    while True:
        faulthandler.dump_traceback_later(after.total_seconds(), exit=True, file=_STDERR)
        await asyncio.sleep(after.total_seconds() / _OFTEN)
