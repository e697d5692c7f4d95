"""Whatever becomes of Redis, every question is answered, and asked no more than it must be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis.asyncio import Redis
from tests.gateway.own_redis import OwnRedis, own_redis
from tests.gateway.test_cache import answer, found, keep, make
from tests.gateway.test_gateway import ORLA, PERSON, FarEnd, gateway, name_in, terms
from tests.gateway.wire import comes_true, wire_to

from roleferry_enrich.domain.outcomes import CacheLevel
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.turns import Turn


@pytest.fixture
async def own() -> AsyncIterator[OwnRedis]:
    async with own_redis() as server:
        yield server


@pytest.fixture
async def client(own: OwnRedis) -> AsyncIterator[Redis]:
    async with Redis.from_url(own.url) as client:
        yield client


@pytest.fixture
def guard(client: Redis) -> RedisGuard:
    return RedisGuard(client, patience=1.0, rest=0.05)


async def test_a_server_out_of_memory_is_read_but_keeps_nothing(
    client: Redis, guard: RedisGuard
) -> None:
    cache, stored = make(guard), answer("Orla")
    key, other = cache.key(b"one"), cache.key(b"other")
    await keep(cache, key, stored)
    await client.config_set("maxmemory", 1)

    assert await found(make(guard), key) == (stored, CacheLevel.REDIS)
    assert (await cache.look(other, "me")).turn is Turn.NOBODYS
    await keep(cache, other, answer("Ivo"))
    assert await found(make(guard), other) is None
    assert guard.is_up


async def test_a_replica_that_takes_no_writes_is_read(client: Redis, guard: RedisGuard) -> None:
    cache, stored = make(guard), answer("Orla")
    key, other = cache.key(b"one"), cache.key(b"other")
    await keep(cache, key, stored)
    await client.execute_command("REPLICAOF", "127.0.0.1", "1")

    assert await found(make(guard), key) == (stored, CacheLevel.REDIS)
    assert (await cache.look(other, "me")).turn is Turn.NOBODYS
    assert guard.is_up


async def test_a_spoilt_value_that_cannot_be_deleted_is_a_miss(
    client: Redis, guard: RedisGuard
) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, guard) as (gate, _):
        await client.set(f"{gate._question(PERSON).key}:answer", b"not ours")
        await client.execute_command("REPLICAOF", "127.0.0.1", "1")
        report = await gate.ask(PERSON, terms())

    assert (name_in(report), far_end.calls) == ("Orla Fenwick", 1)


async def test_a_server_that_lost_its_scripts_and_everything_else_is_taught_again(
    client: Redis, guard: RedisGuard
) -> None:
    cache, stored = make(guard), answer("Ivo")
    key = cache.key(b"one")
    await keep(cache, key, answer("Orla"))
    await client.script_flush()
    await client.flushall()
    await keep(cache, key, stored)

    assert await found(make(guard), key) == (stored, CacheLevel.REDIS)
    assert guard.is_up


async def test_a_flush_while_a_question_is_asked_costs_nobody_an_answer(
    client: Redis, guard: RedisGuard
) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, guard) as (gate, _):
        asked = [asyncio.create_task(gate.ask(PERSON, terms())) for _ in range(100)]
        await far_end.reached(1)
        await client.flushall()
        reports = await asyncio.gather(*asked)

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert far_end.calls == 1


async def test_a_server_killed_while_a_question_is_asked_costs_nobody_an_answer(
    own: OwnRedis, guard: RedisGuard
) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, guard) as (gate, _):
        asked = [asyncio.create_task(gate.ask(PERSON, terms())) for _ in range(100)]
        await far_end.reached(1)
        await own.kill()
        reports = await asyncio.gather(*asked)

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert far_end.calls == 1


async def test_memory_is_off_while_redis_is_away_and_on_again_after(
    own: OwnRedis, guard: RedisGuard
) -> None:
    cache = make(guard)
    key = cache.key(b"one")
    async with cache.listening():
        assert await comes_true(lambda: cache.is_told)
        await keep(cache, key, answer("Orla"))
        assert cache.in_memory(key)
        await own.kill()
        assert await comes_true(lambda: not cache.is_told)
        assert cache.in_memory(key) is None
        await own.start()
        assert await comes_true(lambda: cache.is_told)
        await keep(cache, key, answer("Ivo"))

        assert cache.in_memory(key)


async def test_a_redis_that_swallows_everything_is_asked_once_and_then_left_alone(
    client: Redis,
) -> None:
    far_end = FarEnd(ORLA)
    with TemporaryDirectory() as directory:
        async with wire_to(client, Path(directory)) as wire, Redis.from_url(wire.url) as dead:
            guard = RedisGuard(dead, patience=0.1, rest=60)
            async with gateway(far_end, guard) as (gate, _):
                wire.go_dead()
                reports = await asyncio.gather(*(gate.ask(PERSON, terms()) for _ in range(100)))

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert far_end.calls == 1
    assert not guard.is_up
