"""Databases that tests make for themselves, and accounts in them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import insert, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.storage.tables import accounts


@contextmanager
def migrated_database(server_url: str) -> Iterator[str]:
    """One with our tables, and nothing in them."""
    with fresh_database(server_url) as url:
        asyncio.run(migrate(url))
        yield url


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """An empty one, dropped at the end; its address is for SQLAlchemy with asyncpg."""
    name = f"roleferry_test_{uuid4().hex}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    try:
        url = make_url(server_url).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        asyncio.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    plain = make_url(url).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def new_account(engine: AsyncEngine) -> UUID:
    account_id = uuid4()
    async with engine.begin() as connection:
        await connection.execute(insert(accounts).values(id=account_id, name="Test account"))
    return account_id
