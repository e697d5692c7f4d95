"""The least that the promises of a provider call cost, written by hand without any of our code.

Not a way to build it: nothing is normalised, matched or merged, and there is no breaker, deadline,
retry, metric, second process or late answer; each enrichment of twelve calls is one script run,
one write of the cache and two statements. What is left is what no implementation with these
libraries can leave out: permits from Redis, each call noted before and settled after in
PostgreSQL, answers sealed into the cache, and one document per enrichment.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis

from benchmarks.providers import NAMES
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.engine import driver_url

_PERMITS = """
for n, key in ipairs(KEYS) do
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local arrival = math.max(tonumber(redis.call('GET', key)) or 0, now)
  redis.call('SET', key, string.format('%.0f', arrival + 1), 'PX', 60000)
end
return 0
"""
_TABLES = """
CREATE TABLE least_calls (
    id uuid PRIMARY KEY, enrichment uuid, provider text, noted timestamptz, settled timestamptz,
    status integer, cost bigint
);
CREATE TABLE least_enrichments (id uuid PRIMARY KEY, result jsonb)
"""
_NOTE = """
INSERT INTO least_calls (id, enrichment, provider, noted)
SELECT id, $2, provider, clock_timestamp() FROM unnest($1::uuid[], $3::text[]) AS r (id, provider)
"""
_SETTLE = """
WITH settled AS (
    UPDATE least_calls AS c SET settled = $2, status = r.status, cost = 0
    FROM unnest($1::uuid[], $3::integer[]) AS r (id, status) WHERE c.id = r.id
)
INSERT INTO least_enrichments (id, result) VALUES ($4, $5)
"""
_KEPT_MS = 60_000


@asynccontextmanager
async def least(far_end: str, servers: Servers) -> AsyncIterator["Least"]:
    """Does one enrichment for each number it is given."""
    pool = await asyncpg.create_pool(driver_url(servers.database_url), min_size=5)
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        pool,
        Redis.from_url(servers.redis_url) as redis,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        await pool.execute(_TABLES)
        yield Least(far_end, pool, redis, session)


class Least:
    def __init__(
        self, far_end: str, pool: asyncpg.Pool, redis: Redis, session: aiohttp.ClientSession
    ) -> None:
        self._far_end = far_end
        self._pool = pool
        self._redis = redis
        self._session = session
        self._permits = redis.register_script(_PERMITS)
        self._seal = AESGCM(os.urandom(32))

    async def enrich(self, email: str) -> None:
        enrichment, calls = uuid4(), [uuid4() for _ in NAMES]
        await self._pool.execute(_NOTE, calls, enrichment, list(NAMES))
        await self._permits(keys=[f"least:{name}" for name in NAMES])
        replies = await asyncio.gather(*(self._call(name, email) for name in NAMES))
        await self._keep(enrichment, [body for _, body in replies])
        document = orjson.dumps([orjson.loads(body) for _, body in replies])
        statuses = [status for status, _ in replies]
        await self._pool.execute(
            _SETTLE, calls, datetime.now(UTC), statuses, enrichment, document.decode()
        )

    async def _call(self, provider: str, email: str) -> tuple[int, bytes]:
        url, headers = f"{self._far_end}/{provider}/person", {"X-Api-Key": "test-key-least"}
        async with self._session.get(url, params={"email": email}, headers=headers) as response:
            return response.status, await response.read()

    async def _keep(self, enrichment: UUID, bodies: list[bytes]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for name, body in zip(NAMES, bodies, strict=True):
                key, nonce = f"least:{enrichment}:{name}", os.urandom(12)
                sealed = nonce + self._seal.encrypt(nonce, body, key.encode())
                pipe.set(key, sealed, px=_KEPT_MS)
            await pipe.execute()
