"""Fixtures of the whole suite.

Strategy: what talks to PostgreSQL or Redis is tested against the real ones. They are those of
`ROLEFERRY_DATABASE_URL` and `ROLEFERRY_REDIS_URL` where set, else private ones that are started
once, in the session's temporary directory, and shared by all workers of pytest-xdist. Each
session (and each worker) has its own empty database, dropped at the end, and its own Redis
database number; what a test writes there it cleans up or keeps apart by its own keys.

A fixture used by one folder lives in that folder's conftest, one used by a file in the file.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
from sqlalchemy import URL, make_url

from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.settings import Settings

# How long an example takes says how busy the machine is, not whether the property holds.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    settings = Settings(
        data_dir=_shared_directory(tmp_path_factory) / "servers",
        database_url=os.environ.get("ROLEFERRY_DATABASE_URL") or None,
        redis_url=os.environ.get("ROLEFERRY_REDIS_URL") or None,
    )
    with servers_of(settings) as servers:
        yield servers


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> Iterator[str]:
    """An empty database of this session, for SQLAlchemy with asyncpg."""
    server = make_url(servers.database_url)
    name = f"test_{uuid4().hex}"
    _execute(server, f'create database "{name}"')
    with ExitStack() as stack:
        stack.callback(_execute, server, f'drop database "{name}" with (force)')
        yield server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    """Of a private Redis, the database with the number of this xdist worker."""
    if os.environ.get("ROLEFERRY_REDIS_URL"):
        return servers.redis_url
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return servers.redis_url.replace("db=0", f"db={int(worker) % 16}")


def _shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workers' own directories lie side by side in the session's."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _execute(server: URL, sql: str) -> None:
    async def execute() -> None:
        dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(execute())
