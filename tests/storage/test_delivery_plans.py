"""Messages are claimed and listed from their indexes, however many there are and however slow."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from tests.databases import migrated_database, new_account

from roleferry_enrich.storage.cursors import Moment
from roleferry_enrich.storage.deliveries import DeliveryRepository, Shares
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.engine import create_engine

ENDPOINT = UUID(int=1)
ENDPOINTS = """
    INSERT INTO webhook_endpoints (account_id, id, url, events, secret)
    SELECT :account, lpad(to_hex(n), 32, '0')::uuid, 'https://receiver.test/', '{}', ''
    FROM generate_series(1, 20) AS n
"""
# Three in four are sent; of the first endpoint, which is slow, all wait and are due.
DELIVERIES = """
    INSERT INTO webhook_deliveries
        (account_id, id, endpoint_id, event_id, event, body, state, created_at, due_at)
    SELECT :account, gen_random_uuid(), lpad(to_hex(1 + n % 20), 32, '0')::uuid,
        gen_random_uuid(), 'endpoint.test', '',
        CASE WHEN n % 4 = 0 THEN 'waiting' ELSE 'delivered' END,
        now() - n * interval '1 second', now() - n * interval '1 second'
    FROM generate_series(1, 40000) AS n
"""


@pytest.fixture(scope="module")
def grown_database(servers):
    with migrated_database(servers.database_url) as url:
        yield url, asyncio.run(_fill(url))


async def _fill(url: str) -> UUID:
    engine = create_engine(url)
    try:
        account = await new_account(engine)
        async with engine.begin() as connection:
            for statement in (ENDPOINTS, DELIVERIES):
                await connection.execute(text(statement), {"account": account})
            await connection.execute(text("ANALYZE"))
        return account
    finally:
        await engine.dispose()


async def claim(engine, account) -> object:
    shares = Shares(per_endpoint=5, per_account=20)
    return await DeliveryRepository(engine).claim(100, shares, timedelta(seconds=30))


async def page(engine, account) -> object:
    after = Moment((await _now(engine)), uuid4()).cursor()
    return await DeliveryLog(engine).page(account, ENDPOINT, after=after, limit=10)


async def _now(engine):
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT now()"))).scalar_one()


@pytest.mark.parametrize(
    ("read", "index"),
    [(claim, "ix_webhook_deliveries_due"), (page, "ix_webhook_deliveries_log")],
)
async def test_no_table_of_messages_is_read_through(grown_database, read, index) -> None:
    url, account = grown_database
    engine = create_engine(url)
    plans: list[str] = []

    def explain(_connection, cursor, statement, parameters, *_rest) -> None:
        if "webhook_deliveries" in statement:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    event.listen(engine.sync_engine, "before_cursor_execute", explain)
    try:
        await read(engine, account)
    finally:
        await engine.dispose()
    assert index in plans[0]
    assert "Seq Scan on webhook_deliveries" not in plans[0]
