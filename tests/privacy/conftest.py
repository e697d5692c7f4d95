"""The same real PostgreSQL as the storage tests, and a Redis to tell others by."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from tests.storage.conftest import (
    account_id,
    database_url,
    engine,
    server_url,
)

__all__ = ["account_id", "database_url", "engine", "redis", "server_url"]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, socket_connect_timeout=1)
    yield client
    await client.aclose()
