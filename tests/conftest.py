"""Fixtures of the whole suite.

Strategy: what talks to PostgreSQL or Redis is tested against the real ones. They are those of
`ROLEFERRY_DATABASE_URL` and `ROLEFERRY_REDIS_URL` where set, else private ones that each session
(and each worker of pytest-xdist) starts in its temporary directory, so that nobody empties or
counts what another writes. Each file has a database of its own, migrated and empty, and finds an
empty Redis, so that it matters to none which ran before it; its tests keep apart by account, or
clean up.

A fixture used by one folder lives in that folder's conftest, one used by a file in the file.
"""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import hypothesis
import pytest
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.databases import fresh_database, migrated_database, new_account
from tests.thorough import examples

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.storage.engine import create_engine

# How long an example takes says how busy the machine is, not whether the property holds.
hypothesis.settings.register_profile(
    "suite",
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    settings = Settings(
        data_dir=tmp_path_factory.getbasetemp() / "servers",
        database_url=os.environ.get("ROLEFERRY_DATABASE_URL") or None,
        redis_url=os.environ.get("ROLEFERRY_REDIS_URL") or None,
    )
    with servers_of(settings) as servers:
        yield servers


@pytest.fixture(scope="module")
def database_url(servers: Servers) -> Iterator[str]:
    """Of a migrated database of this file's own, for SQLAlchemy with asyncpg."""
    with migrated_database(servers.database_url) as url:
        yield url


@pytest.fixture
def empty_database_url(servers: Servers) -> Iterator[str]:
    with fresh_database(servers.database_url) as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, at_rest=AT_REST)
    yield engine
    await engine.dispose()


@pytest.fixture
async def account_id(engine: AsyncEngine) -> UUID:
    return await new_account(engine)


@pytest.fixture
async def other_account_id(engine: AsyncEngine) -> UUID:
    return await new_account(engine)


@pytest.fixture(scope="module")
def redis_url(servers: Servers) -> str:
    """Of a Redis in which no other file has left anything."""
    with Redis.from_url(servers.redis_url) as redis:
        redis.flushdb()
    return servers.redis_url
