"""Opens only what commands about accounts and keys need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.secret_key import pepper
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.idempotency import IdempotencyRepository


def open_kept_answers(settings: Settings, engine: AsyncEngine) -> IdempotencyRepository:
    """Sealed as the cache's answers are."""
    secret = pepper(settings)
    given = [key.get_secret_value().encode() for key in settings.cache_key_ring]
    return IdempotencyRepository(engine, KeyRing([*given, secret]), secret)


@asynccontextmanager
async def open_accounts(settings: Settings, servers: Servers) -> AsyncIterator[AccountRepository]:
    engine = create_engine(servers.database_url, pool_size=1)
    try:
        yield AccountRepository(engine, pepper(settings))
    finally:
        await engine.dispose()
