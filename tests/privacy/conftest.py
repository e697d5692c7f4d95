"""All that erases a person, and a Redis to tell others by."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.storage.examples import NOW

from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.cache_search import CacheSearch
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.journal import Journal
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.webhooks.vault import Vault

SECRET = b"a secret of these tests"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, socket_connect_timeout=1)
    yield client
    await client.aclose()


@pytest.fixture
async def cache(redis: Redis) -> AsyncIterator[Cache]:
    await redis.flushdb()
    made = Cache(RedisGuard(redis, patience=5.0), secret=SECRET, memory_bytes=100_000)
    yield made
    await redis.flushdb()


@pytest.fixture
async def erasure(
    engine: AsyncEngine, cache: Cache, tmp_path: Path, suppressions: Suppressions
) -> Erasure:
    return Erasure(
        engine=engine,
        suppressions=suppressions,
        cache=CacheSearch(cache),
        vault=Vault(KeyRing([SECRET]), SECRET),
        ring=KeyRing([SECRET]),
        journal=Journal(tmp_path),
        mail_of={},
        now=lambda: NOW,
    )


@pytest.fixture
async def suppressions(engine: AsyncEngine) -> Suppressions:
    """Over an empty list."""
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM suppressions"))
        await connection.execute(text("UPDATE suppression_state SET version = 0, key_id = NULL"))
    made = Suppressions(engine, None, SECRET)
    await made.refresh()
    return made
