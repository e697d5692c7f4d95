"""A wire to Redis that a test can cut, or let go dead without a word."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from redis.asyncio import Redis


class Wire:
    """Relays between clients and a Redis."""

    def __init__(self, redis: Redis, socket: Path) -> None:
        self._kwargs = redis.connection_pool.connection_kwargs
        self._socket = socket
        self._relays: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._live = asyncio.Event()
        self._live.set()

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db={self._kwargs.get('db', 0)}"

    async def join(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, self._socket)

    async def cut(self) -> None:
        """End every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._socket.unlink(missing_ok=True)
        for relay in tuple(self._relays):
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    def go_dead(self) -> None:
        """Swallow everything from now on."""
        self._live.clear()

    def revive(self) -> None:
        self._live.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if "path" in self._kwargs:
            far = await asyncio.open_unix_connection(self._kwargs["path"])
        else:
            far = await asyncio.open_connection(self._kwargs["host"], self._kwargs["port"])
        try:
            with suppress(ConnectionError):
                await asyncio.gather(self._pump(reader, far[1]), self._pump(far[0], writer))
        finally:
            writer.close()
            far[1].close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65_536):
            await self._live.wait()
            sink.write(chunk)
            await sink.drain()
        raise ConnectionResetError


@asynccontextmanager
async def wire_to(redis: Redis, directory: Path) -> AsyncIterator[Wire]:
    wire = Wire(redis, directory / "wire.sock")
    await wire.join()
    try:
        yield wire
    finally:
        await wire.cut()


async def comes_true(condition: Callable[[], bool | Awaitable[bool]], within: float = 10) -> bool:
    """For what another party does in its own time: looks often, ends as soon as it is true."""
    until = asyncio.get_running_loop().time() + within
    while asyncio.get_running_loop().time() < until:
        found = condition()
        if found if isinstance(found, bool) else await found:
            return True
        await asyncio.sleep(0.01)
    return False
