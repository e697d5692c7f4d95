"""Opens only what commands about accounts and keys need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.idempotency import IdempotencyRepository


def open_kept_answers(settings: Settings, engine: AsyncEngine) -> IdempotencyRepository:
    return IdempotencyRepository(engine, open_at_rest(settings), pepper(settings))


@asynccontextmanager
async def open_accounts(settings: Settings, servers: Servers) -> AsyncIterator[AccountRepository]:
    engine = create_engine(servers.database_url, pool_size=1)
    try:
        yield AccountRepository(engine, pepper(settings))
    finally:
        await engine.dispose()
