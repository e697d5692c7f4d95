"""The two levels together: never readable by key, never in the way, never what it did not seal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from roleferry_enrich.domain.outcomes import CacheLevel
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.gateway.cache import Begun, Cache, Remembered
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.sealing import VERSION, KeyRing
from roleferry_enrich.gateway.turns import Turn
from roleferry_enrich.providers.contract import Findings

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def make(shared: RedisGuard, *secrets: bytes) -> Cache:
    ring = KeyRing(secrets) if secrets else None
    return Cache(shared, secret=b"test-secret", memory_bytes=100_000, ring=ring)


def answer(*names: str) -> Remembered:
    people = tuple(PersonClaim(full_name=name) for name in names)
    return Remembered(findings=Findings(people=people), conversation=uuid4(), observed_at=NOW)


async def keep(cache: Cache, key: str, remembered: Remembered, life: timedelta = DAY) -> None:
    looked = await cache.look(key, "")
    await cache.land(key, "", looked.begun, remembered, life)


async def found(cache: Cache, key: str) -> tuple[Remembered, CacheLevel] | None:
    entry = cache.in_memory(key) or (await cache.look(key, "")).entry
    return None if entry is None else (entry.remembered, entry.level)


@pytest.fixture
async def key(shared: RedisGuard) -> str:
    return make(shared).key(b"acme", b"find_person", b"orla.fenwick@quillmere.test")


@pytest.fixture
async def nowhere() -> AsyncIterator[RedisGuard]:
    guard = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))
    yield guard
    await guard.redis.aclose()


async def test_memory_answers_before_redis_and_another_process_from_redis(
    shared: RedisGuard, key: str
) -> None:
    cache, other = make(shared), make(shared)
    stored = answer("Orla Fenwick")
    await keep(cache, key, stored)

    assert await found(cache, key) == (stored, CacheLevel.MEMORY)
    assert await found(other, key) == (stored, CacheLevel.REDIS)
    assert await found(other, key) == (stored, CacheLevel.MEMORY)


async def test_a_key_shows_nothing_of_its_subject(shared: RedisGuard, key: str) -> None:
    assert "orla" not in key
    assert "quillmere" not in key
    assert key != make(shared).key(b"acmef", b"ind_person", b"orla.fenwick@quillmere.test")


async def test_redis_shows_nothing_of_whom_an_answer_is_about(shared: RedisGuard, key: str) -> None:
    await keep(make(shared), key, answer("Orla Fenwick"))
    names = await shared.redis.keys("*")
    values = [await shared.redis.get(name) for name in names]

    assert names == [f"{key}:answer".encode()]
    assert not [value for value in values if b"Orla" in value or b"Fenwick" in value]


async def test_what_is_kept_ends_with_its_life(shared: RedisGuard, key: str) -> None:
    await keep(make(shared), key, answer("Orla"), timedelta(hours=6))
    left = await shared.redis.pttl(f"{key}:answer")

    assert 0 < left <= 6 * 3_600_000


async def test_memory_never_has_an_answer_longer_than_redis(shared: RedisGuard, key: str) -> None:
    await keep(make(shared), key, answer("Orla"))
    await shared.redis.pexpire(f"{key}:answer", 1)
    other = make(shared)
    await other.look(key, "")
    while await shared.redis.exists(f"{key}:answer"):
        pass

    assert other.in_memory(key) is None


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\xc1garbage", b"{}", b"x" * 2_000_000])
async def test_what_cannot_be_read_is_a_miss_and_deleted(
    shared: RedisGuard, key: str, garbage: bytes
) -> None:
    await shared.redis.set(f"{key}:answer", garbage, px=60_000)
    looked = await make(shared).look(key, "")

    assert looked.entry is None
    assert looked.is_spoilt == bool(garbage)
    assert not await shared.redis.get(f"{key}:answer")


async def test_h43_of_a_value_of_fifty_megabytes_no_more_is_read_than_an_answer_may_have(
    shared: RedisGuard, key: str
) -> None:
    await shared.redis.setrange(f"{key}:answer", 50_000_000, b"x")
    received = (await shared.redis.info("stats"))["total_net_output_bytes"]
    looked = await make(shared).look(key, "")
    read = (await shared.redis.info("stats"))["total_net_output_bytes"] - received

    assert (looked.entry, looked.is_spoilt) == (None, True)
    assert not await shared.redis.exists(f"{key}:answer")
    assert read < 1_100_000


async def test_h43_a_value_of_a_future_version_is_a_miss_and_deleted(
    shared: RedisGuard, key: str
) -> None:
    await keep(make(shared), key, answer("Orla"))
    frame = await shared.redis.get(f"{key}:answer")
    future = bytes([VERSION[0] + 1]) + frame[1:]
    await shared.redis.set(f"{key}:answer", future, px=60_000)
    looked = await make(shared).look(key, "")

    assert (looked.entry, looked.is_spoilt) == (None, True)
    assert not await shared.redis.exists(f"{key}:answer")


async def test_a_value_of_another_type_is_a_miss_and_deleted(shared: RedisGuard, key: str) -> None:
    await shared.redis.rpush(f"{key}:answer", "what", "is", "this")
    looked = await make(shared).look(key, "me")

    assert (looked.entry, looked.is_spoilt, looked.turn) == (None, True, Turn.OURS)
    assert not await shared.redis.exists(f"{key}:answer")


async def test_every_flipped_bit_is_noticed(shared: RedisGuard, key: str) -> None:
    await keep(make(shared), key, answer("Orla"))
    name = f"{key}:answer"
    frame = await shared.redis.get(name)
    for n in range(len(frame)):
        flipped = frame[:n] + bytes([frame[n] ^ 1]) + frame[n + 1 :]
        await shared.redis.set(name, flipped, px=60_000)
        assert (await make(shared).look(key, "")).entry is None, f"byte {n}"


async def test_an_answer_moved_to_another_question_does_not_open(
    shared: RedisGuard, key: str
) -> None:
    cache = make(shared)
    other = cache.key(b"acme", b"find_person", b"ivo.marsh@quillmere.test")
    await keep(cache, key, answer("Orla"))
    await shared.redis.rename(f"{key}:answer", f"{other}:answer")
    looked = await cache.look(other, "")

    assert (looked.entry, looked.is_spoilt) == (None, True)


async def test_an_old_key_still_opens_and_a_dropped_one_does_not(
    shared: RedisGuard, key: str
) -> None:
    stored = answer("Orla")
    await keep(make(shared, b"old key"), key, stored)

    assert await found(make(shared, b"new key", b"old key"), key) == (stored, CacheLevel.REDIS)
    assert await found(make(shared, b"new key"), key) is None


async def test_what_replaced_a_spoilt_value_is_not_deleted_with_it(
    shared: RedisGuard, key: str
) -> None:
    cache = make(shared)
    await keep(cache, key, answer("Orla"))
    good = await shared.redis.get(f"{key}:answer")
    await cache._discard(keys=[f"{key}:answer"], args=[b"\xc1garbage"])

    assert await shared.redis.get(f"{key}:answer") == good


async def test_without_redis_nothing_is_kept_that_could_not_be_forgotten(
    nowhere: RedisGuard, key: str
) -> None:
    cache = make(nowhere)
    looked = await cache.look(key, "me")
    await cache.land(key, "me", looked.begun, answer("Orla"), DAY)

    assert looked.turn is Turn.NOBODYS
    assert cache.in_memory(key) is None


async def test_an_answer_too_large_is_not_kept(shared: RedisGuard, key: str) -> None:
    await keep(make(shared), key, answer(*["x" * 1000] * 1200))

    assert await shared.redis.exists(f"{key}:answer") == 0


async def test_only_one_has_the_turn(shared: RedisGuard, key: str) -> None:
    turns = [(await make(shared).look(key, f"asker {n}")).turn for n in range(5)]

    assert turns == [Turn.OURS, *[Turn.ANOTHERS] * 4]


async def test_a_turn_is_given_back_by_its_owner_alone(shared: RedisGuard, key: str) -> None:
    cache = make(shared)
    await cache.look(key, "owner")
    await cache.land(key, "another", Begun(0, 0), None, DAY)
    assert (await cache.look(key, "third")).turn is Turn.ANOTHERS

    await cache.land(key, "owner", Begun(0, 0), None, DAY)
    assert (await cache.look(key, "third")).turn is Turn.OURS


async def test_a_turn_that_would_never_end_is_nobodys(shared: RedisGuard, key: str) -> None:
    await shared.redis.set(f"{key}:turn", "left behind")

    assert (await make(shared).look(key, "me")).turn is Turn.OURS


async def test_a_known_answer_is_not_sent_again(shared: RedisGuard, key: str) -> None:
    cache = make(shared)
    await keep(cache, key, answer("Orla"))
    entry = cache.in_memory(key)
    assert entry is not None
    looked = await cache.look(key, "me", entry.head)

    assert (looked.entry, looked.turn) == (None, Turn.OURS)
