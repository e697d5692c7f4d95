"""A migrated database of its own, and nothing in it that is due."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.storage.conftest import fresh_database, new_account

from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.storage.webhook_tables import webhook_events


@pytest.fixture(scope="module")
def migrated_url(servers: Servers) -> Iterator[str]:
    with fresh_database(servers.database_url) as url:
        asyncio.run(migrate(url))
        yield url


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(migrated_url, at_rest=AT_REST)
    yield engine
    async with engine.begin() as connection:
        await connection.execute(delete(webhook_events))
    await engine.dispose()


@pytest.fixture
async def account_id(engine: AsyncEngine) -> UUID:
    return await new_account(engine)
