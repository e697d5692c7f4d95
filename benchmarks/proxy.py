"""A TCP proxy that makes a network as bad as one wishes; toxics are named as Toxiproxy's are.

    async with proxied("127.0.0.1", 6379) as proxy:
        await proxy.apply(Latency(0.1))
        ...                                # what connects to proxy.port is late by 0.1 s
        await proxy.apply(Down())          # from here on: connection refused
        await proxy.apply()                # healthy again, on the same port

Toxics spoil what the far side answers, as in Toxiproxy; they hold for connections already open too.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Latency:
    """Everything comes later by so many seconds, give or take the jitter."""

    seconds: float
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Down:
    """Nobody listens; open connections are gone."""


@dataclass(frozen=True, slots=True)
class Timeout:
    """Nothing comes any more, and after so many seconds the connection ends; 0 is never."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset (RST) as soon as something would come."""

    after_bytes: int = 0
    """So much still gets through."""


@dataclass(frozen=True, slots=True)
class Slicer:
    """Data comes in slices of so many bytes, with a pause after each."""

    size: int = 1
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """No more than so many bytes a second."""

    bytes_per_second: int


Toxic = Latency | Down | Timeout | Reset | Slicer | Bandwidth


class Proxy:
    """Use `proxied`. `port` stays the same whatever is applied."""

    def __init__(self, host: str, port: int, random: Random) -> None:
        self._target = (host, port)
        self._random = random
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self.toxics: tuple[Toxic, ...] = ()
        self.port = 0
        self.connections = 0
        """How many were accepted."""
        self.received = 0
        """Bytes that clients sent."""

    async def apply(self, *toxics: Toxic) -> None:
        """These and no others, from now on."""
        self.toxics = toxics
        if any(isinstance(toxic, Down) for toxic in toxics):
            await self._go_down()
        elif self._server is None:
            await self._listen()

    async def close(self) -> None:
        await self._go_down()

    def delay(self, size: int) -> float:
        """How long so many bytes take under the toxics that delay."""
        seconds = 0.0
        for toxic in self.toxics:
            if isinstance(toxic, Latency):
                seconds += toxic.seconds + toxic.jitter * self._random.uniform(-1, 1)
            elif isinstance(toxic, Bandwidth):
                seconds += size / toxic.bytes_per_second
        return max(0.0, seconds)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _go_down(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for link in tuple(self._links):
            link.cut()
        while self._links:
            await asyncio.wait([link.task for link in self._links])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None, "asyncio serves each connection in a task"
        link = _Link(self, (reader, writer), task)
        self._links.add(link)
        try:
            await link.run(*self._target)
        finally:
            self._links.discard(link)


class _Link:
    """One client's connection and the one to the target that belongs to it."""

    def __init__(
        self,
        proxy: Proxy,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        task: "asyncio.Task[None]",
    ) -> None:
        self._proxy = proxy
        self._reader, self._writer = client
        self._passed = 0
        self.task = task

    def cut(self) -> None:
        """As if a cable had been pulled and the machine behind it restarted."""
        _reset_on_close(self._writer)
        self.task.cancel()

    async def run(self, host: str, port: int) -> None:
        with suppress(OSError, asyncio.CancelledError):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(writer))
                    group.create_task(self._answer(reader))
            except* OSError:
                pass
            finally:
                writer.transport.abort()
        self._writer.transport.abort()

    async def _forward(self, writer: asyncio.StreamWriter) -> None:
        while data := await self._reader.read(_CHUNK):
            self._proxy.received += len(data)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError("the client has gone")

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_CHUNK):
            for piece in self._sliced(data):
                await self._pass(piece)
        if self._writer.can_write_eof():
            self._writer.write_eof()
        raise ConnectionResetError("the target has gone")

    def _sliced(self, data: bytes) -> list[bytes]:
        slicer = next((t for t in self._proxy.toxics if isinstance(t, Slicer)), None)
        size = slicer.size if slicer else len(data)
        return [data[at : at + size] for at in range(0, len(data), size)]

    async def _pass(self, piece: bytes) -> None:
        await asyncio.sleep(self._proxy.delay(len(piece)))
        for toxic in self._proxy.toxics:
            match toxic:
                case Timeout(seconds):
                    await _swallow(seconds)
                case Reset(after_bytes) if self._passed + len(piece) > after_bytes:
                    self._writer.write(piece[: after_bytes - self._passed])
                    await self._writer.drain()
                    _reset_on_close(self._writer)
                    raise ConnectionResetError("reset by a toxic")
                case Slicer(pause=pause):
                    await asyncio.sleep(pause)
                case _:
                    pass
        self._passed += len(piece)
        self._writer.write(piece)
        await self._writer.drain()


async def _swallow(seconds: float) -> None:
    """Never comes back: the connection is cut, or ends with the toxic's time."""
    if seconds:
        await asyncio.sleep(seconds)
        raise ConnectionResetError("the toxic's time is over")
    await asyncio.get_running_loop().create_future()


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@asynccontextmanager
async def proxied(host: str, port: int, *, seed: int = 1) -> AsyncIterator[Proxy]:
    """A proxy before that place, healthy at first. Closed with the block, its connections too."""
    proxy = Proxy(host, port, Random(seed))  # noqa: S311 - jitter is no secret
    await proxy.apply()
    try:
        yield proxy
    finally:
        await proxy.close()
