"""The migrations lead to the schema that the code queries, from nothing and back."""

import asyncio
import os
import sys
from pathlib import Path
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

import roleferry_enrich
from roleferry_enrich.storage import (  # noqa: F401 - they declare tables of their own
    account_tables,
    erasure_tables,
    handling,
    job_tables,
    key_tables,
    outgoing_tables,
    suppression_tables,
    webhook_tables,
)
from roleferry_enrich.storage.engine import create_unpooled_engine
from roleferry_enrich.storage.migrate import current, downgrade, head, migrate
from roleferry_enrich.storage.tables import metadata


async def test_migrated_database_is_the_declared_schema(database_url: str) -> None:
    assert await _inspected(database_url, _differences) == []


async def test_upgrade_from_nothing_reaches_the_head(empty_database_url: str) -> None:
    assert await current(empty_database_url) is None
    await migrate(empty_database_url)
    assert await current(empty_database_url) == head()


def test_the_head_is_the_last_migration() -> None:
    migrations = Path(roleferry_enrich.__file__).parent / "storage" / "migrations"
    assert ScriptDirectory(str(migrations)).get_heads() == [head()]


async def test_a_current_database_is_left_alone(database_url: str) -> None:
    program = "import asyncio, sys; from roleferry_enrich.storage.migrate import migrate; "
    program += "asyncio.run(migrate(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    assert await (await _python(program, database_url)).wait() == 0


async def test_upgrade_may_be_repeated(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    await migrate(empty_database_url)
    assert await current(empty_database_url) == head()


async def test_an_upgrade_that_was_interrupted_may_be_repeated(empty_database_url: str) -> None:
    """Also where it had to commit in between, to build an index concurrently."""
    await migrate(empty_database_url)
    await downgrade(empty_database_url, "r0005")
    await _executed(empty_database_url, "CREATE TABLE ix_observations_company ()")
    with pytest.raises(DBAPIError):
        await migrate(empty_database_url)
    await _executed(empty_database_url, "DROP TABLE ix_observations_company")
    await migrate(empty_database_url)
    assert await _inspected(empty_database_url, _differences) == []


async def test_downgrade_leaves_no_table_of_ours(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    await downgrade(empty_database_url, "base")
    assert await _inspected(empty_database_url, _tables) == ["alembic_version"]
    assert await current(empty_database_url) is None


async def test_processes_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    program = "import asyncio, sys; from roleferry_enrich.storage.migrate import migrate; "
    program += "asyncio.run(migrate(sys.argv[1]))"
    runs = [await _python(program, empty_database_url) for _ in range(3)]
    assert [await run.wait() for run in runs] == [0, 0, 0]
    assert await _inspected(empty_database_url, _differences) == []


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_belongs_to_an_account(table) -> None:
    # What arrives belongs to the installation, as the key does that proves it; so do the sweeps,
    # and the list of who must not be processed, of which each row has its scope.
    of_installation = {"accounts", "webhook_events", "suppressions", "suppression_state"}
    of_installation |= {"erasures", "sweeps"}
    assert table.name in of_installation or "account_id" in table.c


async def _python(program: str, argument: str) -> asyncio.subprocess.Process:
    source = str(Path(roleferry_enrich.__file__).parents[1])
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, argument, env=os.environ | {"PYTHONPATH": source}
    )


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return cast("list[object]", compare_metadata(context, metadata))


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def _executed(url: str, statement: str) -> None:
    engine = create_unpooled_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


async def _inspected(url, work):
    engine = create_unpooled_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
