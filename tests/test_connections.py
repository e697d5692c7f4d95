"""Clients that are slow, silent or send what is no HTTP, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
import uvicorn
from tests.api.fake_services import KEY, FakeServices
from tests.polling import becomes

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.limits import Limits
from roleferry_enrich.connections import Patience, PatientConnection

HEAD = f"POST /enrich HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer {KEY}\r\n".encode()
JSON = b"Content-Type: application/json\r\n"
LIVE = b"GET /health/live HTTP/1.1\r\nHost: api.test\r\n\r\n"
END_S = 60
"""Until a test is given up: how soon a connection ends is not what is tested."""


class Impatient(PatientConnection):
    patience = Patience(head_s=0.3, stalled_s=0.3, head_bytes=20_000)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Connection]]


@asynccontextmanager
async def listening(app, protocol=Impatient) -> AsyncIterator[Connect]:
    config = uvicorn.Config(
        app, port=0, http=protocol, ws="none", log_config=None, lifespan="off", server_header=False
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    port = listener.getsockname()[1]
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return reader, writer

    # Without `serve`, which would take the signals of whoever runs the tests.
    running = asyncio.create_task(server._serve([listener]))
    try:
        await becomes(lambda: _started(server))
        yield connect
    finally:
        for writer in writers:
            writer.close()
        server.should_exit = True
        await running


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
async def connect(services) -> AsyncIterator[Connect]:
    limits = Limits(body_time=timedelta(seconds=0.3))
    async with listening(create_api(services, limits=limits)) as connect:
        yield connect


async def _started(server: uvicorn.Server) -> bool:
    return server.started


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """All until the server closes, whether or not it took all that was sent."""
    said = b""
    async with asyncio.timeout(END_S):
        with suppress(ConnectionError):
            while chunk := await reader.read(65_536):
                said += chunk
    return said


async def drip(connection: Connection, text: bytes) -> bytes:
    """A byte at a time, over and over, until the server has had enough; what it said."""
    reader, writer = connection
    said = asyncio.create_task(rest_of(reader))
    position = 0
    while not said.done():
        writer.write(text[position % len(text) :][:1])
        position += 1
        await asyncio.sleep(0.02)
    return await said


def assert_is_problem(answer: bytes, status: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    for line in (
        b"content-type: application/problem+json",
        b"x-content-type-options: nosniff",
        b"cache-control: no-store",
        b"connection: close",
    ):
        assert line in head.lower()
    assert b"\r\nserver:" not in head.lower()
    assert f'"status":{status}'.encode() in body


async def test_h09_a_head_that_comes_byte_by_byte_is_cut(connect):
    assert_is_problem(await drip(await connect(), HEAD + b"X-Slow: a, b, c, d, e, f" * 100), 408)


async def test_h09_a_body_that_comes_byte_by_byte_is_cut(connect, services):
    reader, writer = await connect()
    writer.write(HEAD + JSON + b"Content-Length: 200000\r\n\r\n")
    assert_is_problem(await drip((reader, writer), b'{"a": '), 408)
    assert services.asked == []


async def test_h09_an_endless_chunked_body_is_cut(connect, services):
    reader, writer = await connect()
    writer.write(HEAD + JSON + b"Transfer-Encoding: chunked\r\n\r\n")
    assert_is_problem(await drip((reader, writer), b"1\r\n[\r\n"), 408)
    assert services.asked == []


async def test_h09_a_body_with_two_ends_is_refused(connect, services):
    reader, writer = await connect()
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    writer.write(HEAD + JSON + both)
    assert_is_problem(await rest_of(reader), 400)
    assert services.asked == []


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"5, 6", b"5\r\nContent-Length: 6"])
async def test_h09_a_length_that_is_none_is_refused(connect, services, length):
    reader, writer = await connect()
    writer.write(HEAD + JSON + b"Content-Length: " + length + b"\r\n\r\n{}")
    assert_is_problem(await rest_of(reader), 400)
    assert services.asked == []


async def test_h09_a_body_that_ends_before_its_length_asks_for_nothing(connect, services):
    reader, writer = await connect()
    writer.write(HEAD + JSON + b'Content-Length: 90\r\n\r\n{"domain":"quillmere.test"}')
    writer.write_eof()
    await rest_of(reader)
    assert services.asked == []


async def test_a_connection_that_never_asks_is_closed(connect):
    reader, _ = await connect()
    assert await rest_of(reader) == b""


async def test_a_connection_that_was_answered_and_then_drips_is_closed(connect):
    reader, writer = await connect()
    writer.write(LIVE)
    async with asyncio.timeout(END_S):
        assert await reader.readuntil(b'"alive"}')
    # Empty lines before a request are allowed, and are no request.
    await drip((reader, writer), b"\r\n")


async def test_a_connection_that_is_used_again_is_kept(services):
    async with listening(create_api(services), PatientConnection) as connect:
        reader, writer = await connect()
        for _ in range(5):
            writer.write(LIVE[:20])
            await asyncio.sleep(0.01)
            writer.write(LIVE[20:])
            async with asyncio.timeout(END_S):
                assert await reader.readuntil(b'"alive"}')


async def test_a_head_without_end_is_refused_and_not_kept(connect):
    reader, writer = await connect()
    said = asyncio.create_task(rest_of(reader))
    writer.write(b"GET /health/live HTTP/1.1\r\nX-Long: ")
    sent = 0
    with suppress(ConnectionError):
        while not said.done() and sent < 50_000_000:
            writer.write(b"x" * 10_000)
            sent += 10_000
            await writer.drain()
    assert sent < 50_000_000
    answer = await said
    if answer:  # else the reset of what was still under way came first
        assert_is_problem(answer, 431)


async def test_what_is_no_http_is_refused_as_a_problem(connect):
    reader, writer = await connect()
    writer.write(b"\x16\x03\x01\x02\x00 hello\r\n\r\n")
    assert_is_problem(await rest_of(reader), 400)


async def test_a_client_that_takes_nothing_of_its_answer_is_let_go():
    broke_off = asyncio.Event()

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await _now(receive))["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        broke_off.set()

    async with listening(endless) as connect:
        _, writer = await connect()
        writer.transport.pause_reading()
        writer.write(LIVE)
        async with asyncio.timeout(END_S):
            await broke_off.wait()


async def _now(receive):
    """What the server has to say, if anything."""
    try:
        async with asyncio.timeout(0.01):
            return await receive()
    except TimeoutError:
        return {"type": "nothing"}
