"""The second lock: what a transaction for one account sees where a query forgets whose rows."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import delete, event, func, make_url, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.storage.examples import company, enrichment, person
from tests.storage.job_examples import created
from tests.storage.outgoing_examples import endpoint_of

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ConfigurationError, ServiceUnavailable
from roleferry_enrich.storage.engine import create_engine, create_unpooled_engine, driver_url
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.migrate import migrate, require_schema
from roleferry_enrich.storage.row_security import is_locked
from roleferry_enrich.storage.tables import accounts, metadata, people
from roleferry_enrich.storage.transactions import in_transaction

OWNED = [table for table in metadata.sorted_tables if "account_id" in table.c]


async def counted(engine: AsyncEngine, table) -> int:
    """All rows there are, as far as this transaction can tell."""

    async def work(connection):
        return await connection.scalar(select(func.count()).select_from(table))

    return await in_transaction(engine, work)


async def furnished(engine: AsyncEngine, account_id: UUID) -> None:
    known = enrichment(account_id, person=person("Ada", "ada@engines.test"), company=company())
    await EnrichmentRepository(engine).record(known, [], observations=Observations())
    await created(engine, account_id)
    await endpoint_of(engine, account_id, EventType.BATCH_COMPLETED)
    await AccountRepository(engine, b"test-pepper").create_key(account_id, "one", {"read"})


async def test_a_query_without_its_account_finds_nothing_of_anothers(
    engine, account_id, other_account_id
):
    await furnished(engine, other_account_id)
    found = {table.name for table in OWNED if await counted(engine, table)}
    assert {"people", "companies", "contact_points", "enrichments", "jobs", "job_items"} <= found
    assert {"api_keys", "webhook_endpoints"} <= found
    with acting_for(account_id):
        assert {table.name for table in OWNED if await counted(engine, table)} == set()
        assert await counted(engine, accounts) == 1
    with acting_for(other_account_id):
        assert "people" in {table.name for table in OWNED if await counted(engine, table)}


async def test_what_forgets_its_account_changes_nothing_of_anothers(
    engine, account_id, other_account_id
):
    await furnished(engine, other_account_id)

    async def careless(connection):
        changed = await connection.execute(update(people).values(confidence=0))
        gone = await connection.execute(delete(people))
        return changed.rowcount, gone.rowcount

    with acting_for(account_id):
        assert await in_transaction(engine, careless) == (0, 0)

    async def intruding(connection):
        row = {"account_id": other_account_id, "name": "x", "mode": "live", "digest": b""}
        row |= {"id": uuid4().hex, "scopes": []}
        await connection.execute(insert(metadata.tables["api_keys"]).values(row))

    with acting_for(account_id), pytest.raises(DBAPIError, match="row-level security"):
        await in_transaction(engine, intruding)


async def test_the_same_connection_serves_one_after_the_other(database_url, engine, account_id):
    await furnished(engine, account_id)
    single = create_engine(database_url, pool_size=1)
    try:
        everything = await counted(single, people)
        with acting_for(account_id):
            assert await counted(single, people) == 1
        with acting_for(uuid4()):
            assert await counted(single, people) == 0
        assert await counted(single, people) == everything
    finally:
        await single.dispose()


async def test_tasks_of_several_accounts_do_not_mix(engine, account_id, other_account_id):
    await furnished(engine, account_id)

    async def seen(acting):
        with acting_for(acting):
            return await counted(engine, people)

    asked = [account_id, other_account_id] * 20
    assert await asyncio.gather(*map(seen, asked)) == [1, 0] * 20


async def test_it_costs_no_statement(engine, account_id):
    sent = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *said: sent.append(said[2]))
    with acting_for(account_id):
        await counted(engine, people)
    assert len(sent) == 1


async def test_a_transaction_that_cannot_take_its_role_leaves_no_connection_behind(
    empty_database_url, account_id
):
    await migrate(empty_database_url)
    await run(empty_database_url, _drop_role)
    single = create_engine(empty_database_url, pool_size=1)
    try:
        with acting_for(account_id), pytest.raises(ServiceUnavailable):
            await counted(single, people)
        assert await counted(single, people) == 0
    finally:
        await single.dispose()


async def test_what_is_restored_without_its_role_or_made_later_is_locked_again(empty_database_url):
    await migrate(empty_database_url)
    for undo in (_drop_role, _add_table):
        assert await run(empty_database_url, is_locked)
        await run(empty_database_url, undo)
        assert not await run(empty_database_url, is_locked)
        await migrate(empty_database_url)
    assert await run(empty_database_url, is_locked)


@pytest.fixture
async def owner(empty_database_url) -> AsyncIterator[str]:
    """Whose the database's schema is; no superuser, as on a hosted server."""
    user = f"owner_{uuid4().hex}"
    making = (f"CREATE ROLE {user} LOGIN PASSWORD 'test'", f"GRANT ALL ON SCHEMA public TO {user}")
    await administered(empty_database_url, *making)
    yield user
    role = await run(empty_database_url, _account_role)
    for one in (user, f'"{role}"'):
        await administered(empty_database_url, f"DROP OWNED BY {one} CASCADE", f"DROP ROLE {one}")


async def test_who_owns_the_tables_and_is_no_superuser_is_served(
    empty_database_url, owner, account_id
):
    await administered(empty_database_url, f"ALTER ROLE {owner} CREATEROLE")
    url = as_user(empty_database_url, owner)
    await migrate(url)
    single = create_engine(url, pool_size=1)
    row = insert(accounts).values(id=account_id, name="x")
    try:
        await in_transaction(single, lambda connection: connection.execute(row))
        with acting_for(account_id):
            assert await counted(single, accounts) == 1
        with acting_for(uuid4()):
            assert await counted(single, accounts) == 0
    finally:
        await single.dispose()


async def test_who_may_make_no_roles_is_told_what_to_do(empty_database_url, owner):
    url = as_user(empty_database_url, owner)
    with pytest.raises(ConfigurationError, match="may not create roles"):
        await migrate(url)
    with pytest.raises(ConfigurationError, match="does not keep accounts apart"):
        await require_schema(url)
    role = await run(empty_database_url, _account_role)
    making = (f'CREATE ROLE "{role}"', f'GRANT "{role}" TO {owner}')
    await administered(empty_database_url, *making)
    await migrate(url)
    await require_schema(url)


def as_user(url: str, user: str) -> str:
    return make_url(url).set(username=user, password="test").render_as_string(hide_password=False)


async def administered(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(driver_url(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def run(url, work):
    engine = create_unpooled_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _account_role(connection) -> str:
    return connection.scalar(text("SELECT ('roleferry_account_' || current_database())::name"))


def _drop_role(connection) -> None:
    role = _account_role(connection)
    connection.execute(text(f'DROP OWNED BY "{role}"'))
    connection.execute(text(f'DROP ROLE "{role}"'))


def _add_table(connection) -> None:
    connection.execute(text("CREATE TABLE later (account_id uuid NOT NULL)"))
