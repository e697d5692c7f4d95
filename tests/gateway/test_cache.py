"""The two levels together: never stale, never readable by key, never in the way."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from roleferry_enrich.domain.outcomes import CacheLevel
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Findings

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def make(shared: RedisGuard, now: datetime = NOW) -> Cache:
    return Cache(shared, secret=b"test-secret", memory_bytes=100_000, now=lambda: now)


def answer(*names: str, at: datetime = NOW) -> Remembered:
    people = tuple(PersonClaim(full_name=name) for name in names)
    return Remembered(findings=Findings(people=people), conversation=uuid4(), observed_at=at)


@pytest.fixture
async def key(shared: RedisGuard) -> str:
    return make(shared).key(b"acme", b"find_person", b"orla.fenwick@quillmere.test")


async def test_memory_answers_before_redis_and_another_process_from_redis(
    shared: RedisGuard, key: str
) -> None:
    cache, other = make(shared), make(shared)
    stored = answer("Orla Fenwick")
    await cache.put(key, stored, fresh_for=DAY)

    assert await cache.get(key, max_age=None) == (stored, CacheLevel.MEMORY)
    assert await other.get(key, max_age=None) == (stored, CacheLevel.REDIS)
    assert await other.get(key, max_age=None) == (stored, CacheLevel.MEMORY)


async def test_a_key_shows_nothing_of_its_subject(shared: RedisGuard, key: str) -> None:
    assert "orla" not in key
    assert "quillmere" not in key
    assert key != make(shared).key(b"acmef", b"ind_person", b"orla.fenwick@quillmere.test")


async def test_nothing_older_than_asked_for_is_served(shared: RedisGuard, key: str) -> None:
    cache = make(shared)
    await cache.put(key, answer("Orla", at=NOW - timedelta(hours=2)), fresh_for=DAY)

    assert await cache.get(key, max_age=timedelta(hours=1)) is None
    assert await cache.get(key, max_age=timedelta(hours=3)) is not None


async def test_not_found_is_remembered_for_a_shorter_time(shared: RedisGuard, key: str) -> None:
    await make(shared).put(key, answer(), fresh_for=timedelta(days=30))

    assert await shared.redis.pttl(key) <= timedelta(hours=6).total_seconds() * 1000


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\xc1garbage", b"{}", b"x" * 2_000_000])
async def test_what_cannot_be_read_is_a_miss(shared: RedisGuard, key: str, garbage: bytes) -> None:
    await shared.redis.set(key, garbage, px=60_000)

    assert await make(shared).get(key, max_age=None) is None


async def test_without_redis_memory_still_serves(key: str) -> None:
    nowhere = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))
    cache = make(nowhere)
    await cache.put(key, answer("Orla"), fresh_for=DAY)

    assert await cache.get(key, max_age=None) is not None
    await nowhere.redis.aclose()


async def test_an_answer_too_large_is_not_kept(shared: RedisGuard, key: str) -> None:
    await make(shared).put(key, answer(*["x" * 1000] * 1200), fresh_for=DAY)

    assert await shared.redis.exists(key) == 0
