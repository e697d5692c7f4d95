"""Commands that travel together get each its own answer, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from benchmarks.proxy import Down, Latency, Proxy, Timeout, proxied
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError, ResponseError

from roleferry_enrich.gateway.redis_line import RedisLine


@pytest.fixture
async def line(redis_url: str, redis: Redis) -> AsyncIterator[RedisLine]:
    client = RedisLine.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    """Before Redis where it listens on a port; the private one listens on a socket only."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        server = await asyncio.start_server(_bridge(parts.path), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, proxied("127.0.0.1", port) as between:
            yield between
    else:
        async with proxied(parts.hostname, parts.port or 6379) as between:
            yield between


def _bridge(path: str):
    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        try:
            await asyncio.gather(
                copy(reader, far_writer), copy(far_reader, writer), return_exceptions=True
            )
        finally:
            far_writer.close()
            writer.close()

    return serve


async def far_line(proxy: Proxy, patience: float = 5.0) -> RedisLine:
    return RedisLine(host="127.0.0.1", port=proxy.port, patience=patience)


async def test_every_command_gets_its_own_answer(line: RedisLine) -> None:
    await asyncio.gather(*(line.set(f"key{n}", n) for n in range(1_000)))
    answers = await asyncio.gather(*(line.get(f"key{n}") for n in range(1_000)))
    assert answers == [b"%d" % n for n in range(1_000)]


async def test_commands_of_one_moment_share_a_connection(redis_url: str, redis: Redis) -> None:
    before = (await redis.info("stats"))["total_connections_received"]
    client = RedisLine.from_url(redis_url)
    await asyncio.gather(*(client.incr("count") for _ in range(500)))
    assert await client.get("count") == b"500"
    await client.aclose()
    assert (await redis.info("stats"))["total_connections_received"] == before + 1


async def test_one_command_s_error_is_nobody_else_s(line: RedisLine) -> None:
    await line.set("text", "x")
    wrong, right = await asyncio.gather(
        line.lpush("text", "y"), line.get("text"), return_exceptions=True
    )
    assert isinstance(wrong, ResponseError)
    assert right == b"x"


async def test_a_script_is_loaded_when_redis_has_forgotten_it(line: RedisLine) -> None:
    twice = line.register_script("return tonumber(ARGV[1]) * 2")
    assert await asyncio.gather(*(twice(args=[n]) for n in range(5))) == [0, 2, 4, 6, 8]
    await line.script_flush()
    assert await asyncio.gather(*(twice(args=[n]) for n in range(5))) == [0, 2, 4, 6, 8]


async def test_who_goes_away_takes_nobody_s_answer(proxy: Proxy) -> None:
    line = await far_line(proxy)
    await line.mset({f"key{n}": n for n in range(100)})
    await proxy.apply(Latency(0.05))
    asked = [asyncio.create_task(line.get(f"key{n}")) for n in range(100)]
    await asyncio.sleep(0.01)
    for task in asked[::2]:
        task.cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers[1::2] == [b"%d" % n for n in range(1, 100, 2)]
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    assert await line.get("key7") == b"7"
    await line.aclose()


async def test_a_silent_redis_fails_everybody_in_time_and_is_left_behind(proxy: Proxy) -> None:
    line = await far_line(proxy, patience=0.1)
    await line.set("key", 1)
    await proxy.apply(Timeout())
    answers = await asyncio.gather(*(line.get("key") for _ in range(600)), return_exceptions=True)
    assert all(isinstance(answer, TimeoutError | RedisError) for answer in answers)
    await proxy.apply()
    assert await line.get("key") == b"1"
    await line.aclose()


async def test_a_redis_that_comes_back_is_found_again(proxy: Proxy) -> None:
    line = await far_line(proxy)
    await line.set("key", 1)
    await proxy.apply(Down())
    with pytest.raises((RedisError, OSError)):
        await line.get("key")
    await proxy.apply()
    assert await line.get("key") == b"1"
    await line.aclose()


async def test_closing_leaves_nobody_waiting(proxy: Proxy) -> None:
    line = await far_line(proxy)
    await line.ping()
    await proxy.apply(Timeout())
    asked = [asyncio.create_task(line.get("key")) for _ in range(300)]
    await asyncio.sleep(0)
    await line.aclose()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, Disconnected) for answer in answers)
