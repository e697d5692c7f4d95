"""Each toxic does what its name says, and nothing to what comes after it is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from benchmarks.proxy import (
    Bandwidth,
    Down,
    Latency,
    Proxy,
    Reset,
    Slicer,
    Timeout,
    proxied,
)


@asynccontextmanager
async def echo() -> AsyncIterator[Proxy]:
    """A proxy before a server that sends back what it gets."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, proxied("127.0.0.1", server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> bytes:
        self.writer.write(data)
        return await self.reader.readexactly(len(data))


@asynccontextmanager
async def client(proxy: Proxy) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


async def test_a_healthy_proxy_changes_nothing() -> None:
    data = bytes(range(256)) * 4_000
    async with echo() as proxy, client(proxy) as one, client(proxy) as other:
        assert await one.say(data) == data
        assert await other.say(b"hello") == b"hello"
        assert (proxy.connections, proxy.received) == (2, len(data) + 5)


async def test_latency_delays_what_comes_back() -> None:
    async with echo() as proxy, client(proxy) as one:
        await proxy.apply(Latency(0.05))
        begun = asyncio.get_running_loop().time()
        await one.say(b"hello")
        assert asyncio.get_running_loop().time() - begun >= 0.05


async def test_delays_add_up() -> None:
    async with echo() as proxy:
        await proxy.apply(Latency(0.5), Bandwidth(1_000))
        assert proxy.delay(2_000) == 2.5
        await proxy.apply(Latency(0.2, jitter=0.1))
        assert all(0.1 <= proxy.delay(1) <= 0.3 for _ in range(100))


async def test_down_refuses_and_cuts_and_comes_back_on_the_same_port() -> None:
    async with echo() as proxy, client(proxy) as one:
        await one.say(b"hello")
        port = proxy.port
        await proxy.apply(Down())
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await one.say(b"hello")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        await proxy.apply()
        async with client(proxy) as other:
            assert proxy.port == port
            assert await other.say(b"again") == b"again"


async def test_a_timeout_swallows_what_would_come_and_then_ends() -> None:
    async with echo() as proxy, client(proxy) as one:
        await proxy.apply(Timeout(0.05))
        one.writer.write(b"hello")
        with pytest.raises(ConnectionError):
            assert await one.reader.read() == b"", "ended in order"
            raise ConnectionResetError
        assert proxy.received == 5


async def test_a_timeout_without_end_never_answers_and_can_still_be_closed() -> None:
    async with echo() as proxy, client(proxy) as one:
        await proxy.apply(Timeout())
        one.writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.reader.read(1), 0.05)


async def test_a_reset_lets_so_much_through_and_no_more() -> None:
    async with echo() as proxy, client(proxy) as one:
        await proxy.apply(Reset(after_bytes=3))
        one.writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            while True:
                got = await one.reader.read(100)
                assert got == b"hel"


async def test_a_slicer_loses_nothing() -> None:
    data = b"a sentence in slices of two" * 20
    async with echo() as proxy, client(proxy) as one:
        await proxy.apply(Slicer(size=2))
        assert await one.say(data) == data


async def test_an_unreachable_target_ends_the_connection(unused_tcp_port: int) -> None:
    async with proxied("127.0.0.1", unused_tcp_port) as proxy, client(proxy) as one:
        with pytest.raises(ConnectionError):
            assert await one.reader.read() == b""
            raise ConnectionResetError


async def test_nothing_is_left_behind() -> None:
    async with echo() as proxy, client(proxy) as one, client(proxy):
        await one.say(b"hello")
        await proxy.apply(Latency(30))
        one.writer.write(b"on its way")
    running = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}
    assert not {name for name in running if name.startswith(("Proxy", "_Link"))}
