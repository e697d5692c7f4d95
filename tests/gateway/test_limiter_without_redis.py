"""Every way in which Redis can fail the limiter: a bounded wait, an own share, and back again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from tests.gateway.own_redis import own_redis
from tests.gateway.test_limiter import NOW, TEN_AN_HOUR, admitted
from tests.polling import becomes
from tests.watcher import Watcher

from roleferry_enrich.gateway.limiter import Bucket, Limiter, Priority
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Window

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A black hole: takes everything, says nothing."""
    await reader.read()
    writer.close()


def saying(error: bytes) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            writer.write(error)
        writer.close()

    return answer


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As a failover in the middle of a script looks from here."""
    await reader.read(10)
    writer.close()


@asynccontextmanager
async def redis_that(answer: Answer) -> AsyncIterator[RedisGuard]:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Redis.from_url(f"redis://127.0.0.1:{port}/0")
    yield RedisGuard(client)
    await client.aclose()
    server.close()


FAILURES = {
    "black hole": silence,
    "hangs up": hanging_up,
    "read only": saying(b"-READONLY You can't write against a read only replica.\r\n"),
    "out of memory": saying(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
    "loading": saying(b"-LOADING Redis is loading the dataset in memory\r\n"),
    "script killed": saying(b"-ERR Error running script: Script killed by user\r\n"),
    "nonsense": saying(b"\x00\xff\x00\xff\r\n"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_a_process_keeps_to_its_share_and_decides_in_time(failure: Answer) -> None:
    async with redis_that(failure) as shared:
        watcher = Watcher()
        limiter = Limiter(shared, instances=2, watch=watcher)
        async with asyncio.timeout(0.15 * 10):  # ten times: the machine may be busy
            assert await admitted(limiter, TEN_AN_HOUR, 50) == 5

        assert not shared.is_up
        assert watcher.local_permits == 5


async def test_h39_a_script_that_hangs_is_waited_for_once_and_killed_it_is_over() -> None:
    """A Redis busy with somebody's endless script, until that is killed."""
    async with own_redis() as server, Redis.from_url(server.url) as other:
        await other.config_set("lua-time-limit", 50)
        async with Redis.from_url(server.url) as client, Redis.from_url(server.url) as stuck:
            shared = RedisGuard(client, rest=1.0)
            limiter = Limiter(shared, instances=2)
            endless = asyncio.create_task(stuck.eval("while true do end", 0))
            await becomes(lambda: is_busy(other))
            async with asyncio.timeout(0.15 * 10):  # ten times: the machine may be busy
                assert await admitted(limiter, TEN_AN_HOUR, 50) == 5
            assert not shared.is_up
            await other.script_kill()
            with pytest.raises(ResponseError, match="killed"):
                await endless
            await becomes(lambda: up(shared), within_s=5)

            assert await admitted(limiter, TEN_AN_HOUR, 50) == 5, "the other share"


async def is_busy(redis: Redis) -> bool:
    try:
        await redis.ping()
    except ResponseError as error:
        return "BUSY" in str(error)
    return False


async def test_a_refused_connection_costs_nothing() -> None:
    shared = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))

    assert await admitted(Limiter(shared, instances=2), TEN_AN_HOUR, 50) == 5
    await shared.redis.aclose()


async def test_a_whole_fleet_without_redis_keeps_to_the_limit() -> None:
    async with redis_that(silence) as shared:
        limiters = [Limiter(shared, instances=4) for _ in range(4)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(admitted(lim, TEN_AN_HOUR, 50)) for lim in limiters]

    assert sum(task.result() for task in tasks) == 8


async def up(shared: RedisGuard) -> bool:
    return shared.is_up


class Line:
    """A way to Redis that can be cut."""

    def __init__(self, redis: Redis) -> None:
        self.is_cut = False
        self._path = redis.connection_pool.connection_kwargs["path"]

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        there, back = await asyncio.open_unix_connection(self._path)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pump(reader, back))
            group.create_task(self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self.is_cut and (data := await reader.read(65536)) and not self.is_cut:
            writer.write(data)
        writer.close()


async def test_permits_taken_alone_are_counted_when_redis_is_back(redis: Redis) -> None:
    line = Line(redis)
    async with redis_that(line.carry) as cut_off:
        shared = RedisGuard(cut_off.redis, patience=1.0, rest=0.2)
        limiter = Limiter(shared, instances=2)
        assert await admitted(limiter, TEN_AN_HOUR, 2) == 2
        line.is_cut = True
        assert await admitted(limiter, TEN_AN_HOUR, 50) == 3, "its share, less what it had"
        line.is_cut = False
        await becomes(lambda: up(shared), within_s=5)

        assert await admitted(limiter, TEN_AN_HOUR, 50) == 5, "2 + 3 + 5 is the limit"


async def test_a_flush_costs_at_most_one_burst(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    first = await admitted(limiter, TEN_AN_HOUR, 50)
    await shared.redis.flushdb()
    await shared.redis.script_flush()
    again = [await admitted(limiter, TEN_AN_HOUR, 50) for _ in range(3)]

    assert (first, again) == (10, [10, 0, 0])


async def test_a_pause_outlives_a_flush_where_it_was_heard(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=30))
    await shared.redis.flushdb()

    assert await admitted(limiter, TEN_AN_HOUR, 5) == 0


async def test_a_pause_heard_without_redis_is_kept(redis: Redis) -> None:
    shared = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))
    limiter = Limiter(shared)
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=30))
    await limiter.lower(TEN_AN_HOUR)
    assert await limiter.switch_off("acme", timedelta(seconds=30), "unauthorised")
    await limiter.switch_on("acme")

    assert await admitted(limiter, TEN_AN_HOUR, 5) == 0
    await shared.redis.aclose()


async def test_those_who_leave_while_redis_is_away_disturb_nobody() -> None:
    async with redis_that(silence) as shared:
        limiter = Limiter(shared)
        waiting = asyncio.create_task(limiter.acquire(TEN_AN_HOUR, within=NOW))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])

        assert await admitted(limiter, TEN_AN_HOUR, 20) == 10


ONE_A_MINUTE = Bucket("acme", "all", (Window(1, timedelta(minutes=1)),))
PATIENT = [timedelta(minutes=5)]


async def waits(limiter: Limiter, callers: int) -> list[timedelta]:
    decisions = [
        (await limiter._permits.reserve(ONE_A_MINUTE, Priority.INTERACTIVE, PATIENT))[0]
        for _ in range(callers)
    ]
    return [decision.wait for decision in decisions]


async def test_who_waits_when_redis_forgets_everything_is_counted_again(
    shared: RedisGuard,
) -> None:
    limiter = Limiter(shared)
    await waits(limiter, 3)
    await shared.redis.flushdb()

    (later,) = await waits(limiter, 1)

    assert later > timedelta(minutes=2.9), "two wait for their turns, a minute and two from now"


async def test_who_waits_by_the_own_share_is_counted_when_redis_is_back(
    shared: RedisGuard,
) -> None:
    limiter = Limiter(shared)
    shared._down_until = asyncio.get_running_loop().time() + 1_000
    await waits(limiter, 3)
    shared._down_until = 0.0

    (later,) = await waits(limiter, 1)

    assert later > timedelta(minutes=2.9)
