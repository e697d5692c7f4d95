"""A Redis emptied for each test, and a small HTTP server as the far end of the wire."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from roleferry_enrich.gateway.redis_guard import RedisGuard


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def shared(redis: Redis) -> RedisGuard:
    return RedisGuard(redis, patience=30.0)
