"""Resolves small sets of records in a process of its own, so that no other request waits for it.

The process starts with the first request and stays. What takes too long, or whose asker is gone,
ends with its process; the next request gets a new one.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import msgspec

from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.errors import ServiceUnavailable

PATIENCE = timedelta(seconds=60)
"""Five thousand records take a few seconds."""
MOST_WAITING = 8
LENGTH_BYTES = 4


class ResolvingDesk:
    """One set of records at a time; a few may wait."""

    def __init__(self, *, patience: timedelta = PATIENCE, most_waiting: int = MOST_WAITING) -> None:
        self._patience = patience.total_seconds()
        self._most_waiting = most_waiting
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._decoder = msgspec.msgpack.Decoder(tuple[RecordOutcome, ...])

    async def resolve(self, records: Sequence[LooseRecord]) -> tuple[RecordOutcome, ...]:
        """Raises ServiceUnavailable where too many wait, or it takes too long."""
        if self._waiting >= self._most_waiting:
            raise _busy("too many sets of records are waiting to be resolved")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience), self._turn:
                return await self._asked(records)
        except TimeoutError:
            raise _busy("these records could not be resolved in time") from None
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _asked(self, records: Sequence[LooseRecord]) -> tuple[RecordOutcome, ...]:
        try:
            stdin, stdout = await self._pipes()
            question = msgspec.msgpack.encode(records)
            stdin.write(len(question).to_bytes(LENGTH_BYTES) + question)
            await stdin.drain()
            length = int.from_bytes(await stdout.readexactly(LENGTH_BYTES))
            return self._decoder.decode(await stdout.readexactly(length))
        except (asyncio.IncompleteReadError, OSError):
            await self.close()
            raise _busy("the process that resolves records ended") from None
        except BaseException:
            # Cancelled halfway: whatever the process says next would answer another question.
            await self.close()
            raise

    async def _pipes(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "roleferry_enrich.records.serving", stdin=PIPE, stdout=PIPE
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


@asynccontextmanager
async def open_desk() -> AsyncIterator[ResolvingDesk]:
    desk = ResolvingDesk()
    try:
        yield desk
    finally:
        await desk.close()


def _busy(detail: str) -> ServiceUnavailable:
    return ServiceUnavailable(detail, retry_after=timedelta(seconds=5))
