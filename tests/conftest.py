"""Fixtures of the whole suite.

Strategy: what talks to PostgreSQL or Redis is tested against the real ones. They are those of
`ROLEFERRY_DATABASE_URL` and `ROLEFERRY_REDIS_URL` where set, else private ones that each session
(and each worker of pytest-xdist) starts in its temporary directory, so that nobody empties or
counts what another writes. A session has an empty database, dropped at the end; what a test
writes there it cleans up or keeps apart by its own keys.

A fixture used by one folder lives in that folder's conftest, one used by a file in the file.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
from sqlalchemy import URL, make_url
from tests.thorough import examples

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers, servers_of

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
    return servers.redis_url


def _execute(server: URL, sql: str) -> None:
    async def execute() -> None:
        dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(execute())
