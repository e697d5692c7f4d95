"""What was kept long enough goes, counted from the first day, however often it was asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.privacy import canaries
from tests.privacy.erasing import tables_that_name
from tests.storage.examples import NOW, email_point, enrichment, person

from roleferry_enrich.configuration.retention import RetentionSettings
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.privacy.retention import Retention
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.searching import Place, Wanted, read_rows
from roleferry_enrich.storage.tables import enrichments
from roleferry_enrich.webhooks.vault import Vault

DAY = timedelta(days=1)
KEPT = RetentionSettings(email_days=90)


@pytest.fixture
def retention(engine: AsyncEngine) -> Retention:
    return Retention(engine, KEPT, Vault(KeyRing([b"s"]), b"s"), lambda: NOW)


async def look(retention: Retention, days: int) -> Mapping[str, int]:
    """So many days after the first."""
    return await replace(retention, now=lambda: NOW + days * DAY).look()


@pytest.fixture(autouse=True)
async def _nobody_else(engine: AsyncEngine):
    yield
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE accounts CASCADE"))


async def refreshed(engine: AsyncEngine, account_id: UUID, days: int) -> None:
    """Asked for on the first day and on every tenth after it, each time said to be the same."""
    for day in range(0, days, 10):
        at = NOW + day * DAY
        asked = enrichment(
            account_id,
            request=Request(goal=Goal.PERSON, keys=Keys(email=canaries.EMAIL)),
            person=person(canaries.NAME, at=at, points=(email_point(canaries.EMAIL, at=at),)),
            started_at=at,
        )
        await EnrichmentRepository(engine).record(asked, (), observations=Observations())
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE people SET created_at = :at"), {"at": NOW})


async def counted(engine: AsyncEngine, *tables: str) -> list[int]:
    async with engine.connect() as connection:
        return [await connection.scalar(text(f"SELECT count(*) FROM {it}")) for it in tables]


async def test_h77_a_record_that_is_refreshed_does_not_become_younger(
    engine: AsyncEngine, account_id: UUID, database_url: str, retention: Retention
) -> None:
    await refreshed(engine, account_id, 180)
    assert "email" not in await look(retention, 90)
    assert await look(retention, 91) == {"email": 1}
    assert await counted(engine, "contact_points", "people", "enrichments") == [0, 1, 18]

    assert (await look(retention, 181))["people"] == 1

    assert await counted(engine, "people", "identities") == [0, 0]
    assert await tables_that_name(database_url) == []


async def test_an_address_that_expires_leaves_who_it_was_of(
    engine: AsyncEngine, account_id: UUID, database_url: str, retention: Retention
) -> None:
    await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)
    while await look(retention, 91):
        pass
    everything = Wanted(account_id=None, patterns=())
    rows = read_rows(engine, Place(table=enrichments), everything)
    said = "".join([str((row.request, row.result)) async for row in rows])
    assert canaries.EMAIL not in said
    assert canaries.PHONE in said
    assert canaries.NAME in said
    assert canaries.OTHERS_EMAIL not in said


async def test_a_job_that_ended_long_ago_goes_with_its_items(
    engine: AsyncEngine, account_id: UUID, retention: Retention
) -> None:
    await canaries.batched(engine, account_id)
    old = {"at": NOW - 181 * DAY}
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET created_at = :at"), old)
    assert await look(retention, 0) == {}
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET finished_at = created_at"))
    assert await look(retention, 0) == {"jobs": 1}
    assert await counted(engine, "jobs", "job_items") == [0, 0]
