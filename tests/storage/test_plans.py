"""Each read of stored contacts is answered from its index, also when the tables have grown.

The statements that the repositories really send are explained, in a database of their own whose
size and statistics the planner believes.
"""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from tests.at_rest import AT_REST
from tests.databases import migrated_database, new_account
from tests.storage.examples import NOW

from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.cursors import Moment, Number
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository

FIRST_COMPANY = UUID(int=1)
PEOPLE = """
    INSERT INTO people
        (account_id, id, company_id, words, fields, confidence, providers, origins, created_at)
    SELECT :account, gen_random_uuid(), lpad(to_hex(1 + n % 200), 32, '0')::uuid,
        ('w' || n % 500)::tsvector, '{}', 1, '{}', '{}',
        CAST(:now AS timestamptz) + n * interval '1 second'
    FROM generate_series(1, 20000) AS n
"""
COMPANIES = """
    INSERT INTO companies
        (account_id, id, fields, confidence, providers, workforce, workforce_change)
    SELECT :account, lpad(to_hex(n), 32, '0')::uuid, '{}', 1, '{}', '{}', '{}'
    FROM generate_series(1, 200) AS n
"""
HISTORY = """
    INSERT INTO field_history (account_id, subject, subject_id, field, enrichment_id)
    SELECT account_id, 'person', id, 'title', gen_random_uuid() FROM people
"""

ENRICHMENTS = """
    INSERT INTO enrichments
        (account_id, id, goal, status, request, result, cost, started_at, answered_at)
    SELECT :account, gen_random_uuid(), 'person', 'complete', '{}', '{}', 0, now(), now()
    FROM generate_series(1, 2000)
"""


@pytest.fixture(scope="module")
def grown_database(servers):
    with migrated_database(servers.database_url) as url:
        yield url, asyncio.run(_fill(url))


async def _fill(url: str) -> UUID:
    engine = create_engine(url, at_rest=AT_REST)
    try:
        account = await new_account(engine)
        async with engine.begin() as connection:
            for statement in (COMPANIES, PEOPLE, HISTORY, ENRICHMENTS, "ANALYZE"):
                await connection.execute(text(statement), {"account": account, "now": NOW})
        return account
    finally:
        await engine.dispose()


PLACE = Moment(NOW, uuid4()).cursor()
READS = {
    "ix_people_account_id_created_at_id": lambda engine, account: ContactRepository(engine).page(
        account, after=PLACE, limit=10
    ),
    "ix_people_account_id_company_id_created_at_id": lambda engine, account: ContactRepository(
        engine
    ).of_company(account, FIRST_COMPANY, limit=10),
    "ix_people_words": lambda engine, account: ContactRepository(engine).page(
        account, query="w77", limit=100
    ),
    "pk_people": lambda engine, account: ContactRepository(engine).get(account, uuid4()),
    "ix_field_history_account_id_subject_id_id": lambda engine, account: ContactRepository(
        engine
    ).history(account, uuid4(), after=Number(5).cursor(), limit=10),
    "pk_enrichments": lambda engine, account: EnrichmentRepository(engine).get(account, uuid4()),
}


@pytest.mark.parametrize("index", READS)
async def test_read_uses_its_index(grown_database, index) -> None:
    url, account = grown_database
    engine = create_engine(url, at_rest=AT_REST)
    plans: list[str] = []

    def explain(_connection, cursor, statement, parameters, *_rest) -> None:
        cursor.execute(f"EXPLAIN {statement}", parameters)
        plans.append("\n".join(row[0] for row in cursor.fetchall()))

    event.listen(engine.sync_engine, "before_cursor_execute", explain)
    try:
        await READS[index](engine, account)
    finally:
        await engine.dispose()
    assert index in plans[0]
    # A search has to be sorted after it is found; a page must come in order.
    assert ("Sort" in plans[0]) == (index == "ix_people_words")
