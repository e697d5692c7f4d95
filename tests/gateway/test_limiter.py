"""Permits over a real Redis: exact under contention, shared pauses, a share when Redis is away."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.limiter import Bucket, Limiter, LocalShares
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Window

NOW = timedelta(0)
TEN_AN_HOUR = Bucket("acme", "all", (Window(10, timedelta(hours=1)),))


async def admitted(limiter: Limiter, bucket: Bucket, callers: int) -> int:
    async def call() -> int:
        try:
            await limiter.acquire(bucket, within=NOW)
        except NoPermit:
            return 0
        return 1

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call()) for _ in range(callers)]
    return sum(task.result() for task in tasks)


async def test_two_hundred_callers_get_exactly_the_limit(shared: RedisGuard) -> None:
    limiters = [Limiter(shared) for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(admitted(lim, TEN_AN_HOUR, 50)) for lim in limiters]

    assert sum(task.result() for task in tasks) == 10


async def test_every_window_counts_and_none_is_taken_in_part(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    both = (Window(3, timedelta(seconds=60)), Window(10, timedelta(hours=1)))
    bucket = Bucket("acme", "all", both)

    assert await admitted(limiter, bucket, 20) == 3
    stored = await shared.redis.hgetall(bucket.key)
    hour = 3600 * 1_000_000
    taken = (int(stored[b"2"]) - int(stored[b"1"]) + 60_000_000) / (hour / 10)
    assert taken < 3.5


async def test_a_wait_beyond_what_the_caller_has_takes_nothing(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    await admitted(limiter, TEN_AN_HOUR, 10)
    before = await shared.redis.hgetall(TEN_AN_HOUR.key)

    with pytest.raises(NoPermit):
        await limiter.acquire(TEN_AN_HOUR, within=timedelta(seconds=1))

    assert await shared.redis.hgetall(TEN_AN_HOUR.key) == before


async def test_a_wait_that_the_caller_has_is_waited(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    bucket = Bucket("acme", "all", (Window(10, timedelta(seconds=2)),))
    await admitted(limiter, bucket, 10)

    waited = await limiter.acquire(bucket, within=timedelta(seconds=60))

    assert waited <= timedelta(milliseconds=200)


async def test_a_pause_holds_for_every_process(shared: RedisGuard) -> None:
    one, other = Limiter(shared), Limiter(shared)
    await one.pause(TEN_AN_HOUR, timedelta(seconds=30))

    with pytest.raises(NoPermit):
        await other.acquire(TEN_AN_HOUR, within=timedelta(seconds=29))


async def test_a_shorter_pause_does_not_shorten_a_longer(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=30))
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=1))

    with pytest.raises(NoPermit):
        await limiter.acquire(TEN_AN_HOUR, within=timedelta(seconds=20))


async def test_a_poisoned_key_is_rebuilt(shared: RedisGuard) -> None:
    await shared.redis.set(TEN_AN_HOUR.key, "garbage")

    assert await Limiter(shared).acquire(TEN_AN_HOUR, within=NOW) == NOW


async def test_a_bucket_expires_by_itself(shared: RedisGuard) -> None:
    await Limiter(shared).acquire(TEN_AN_HOUR, within=NOW)

    assert 0 < await shared.redis.pttl(TEN_AN_HOUR.key) <= 362_000


async def test_without_redis_a_process_keeps_to_its_share() -> None:
    nowhere = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))
    limiter = Limiter(nowhere, instances=2)

    assert await admitted(limiter, TEN_AN_HOUR, 50) == 5
    await nowhere.redis.aclose()


async def test_a_redis_that_never_answers_costs_a_bounded_wait() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    shared = RedisGuard(Redis.from_url(f"redis://127.0.0.1:{port}/0"), patience=0.05)
    limiter = Limiter(shared)

    async with asyncio.timeout(2):
        assert await admitted(limiter, TEN_AN_HOUR, 20) == 10
    assert not shared.is_up
    await shared.redis.aclose()
    server.close()
    await server.wait_closed()


def test_local_shares_pause_and_recover() -> None:
    now = [100.0]
    shares = LocalShares(1, lambda: now[0])
    shares.pause(TEN_AN_HOUR, timedelta(seconds=5))

    assert shares.reserve(TEN_AN_HOUR, NOW) < NOW
    now[0] += 5
    assert shares.reserve(TEN_AN_HOUR, NOW) == NOW
