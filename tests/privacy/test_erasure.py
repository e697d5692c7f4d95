"""A person who was erased is found nowhere, and nobody else is missing anything."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.databases import new_account
from tests.privacy import canaries
from tests.privacy.erasing import redis_names, tables_that_name

from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.replaying import replay_missing
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.erasures import ErasureRepository
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.opened_rows import opened
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries
from roleferry_enrich.storage.sealed import is_sealed

SOUGHT = traces.of_keys(Keys(email=canaries.EMAIL))
HOLDING = (
    *("call_intents", "companies", "contact_points", "enrichments", "field_history"),
    *("identities", "job_items", "mailbox_reports", "observations", "opt_outs", "people"),
)


@pytest.fixture(autouse=True)
async def _nobody_else(engine: AsyncEngine) -> AsyncIterator[None]:
    yield
    async with engine.begin() as connection:
        for table in ("accounts", "call_intents", "webhook_events", "erasures"):
            await connection.execute(text(f"TRUNCATE {table} CASCADE"))


async def everywhere(engine, account_id, vault) -> canaries.Enrichment:
    endpoint_id = await canaries.subscribed(engine, account_id, "contact.erased")
    found = await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)
    await canaries.batched(engine, account_id)
    await canaries.sent(engine, account_id, vault)
    await canaries.delivered(engine, found, endpoint_id)
    return found


async def test_an_erased_person_is_in_no_table_and_no_cache(
    engine: AsyncEngine,
    account_id,
    other_account_id,
    database_url: str,
    erasure: Erasure,
    cache: Cache,
    redis: Redis,
    suppressions: Suppressions,
) -> None:
    await everywhere(engine, account_id, erasure.vault)
    await everywhere(engine, other_account_id, erasure.vault)
    theirs = await canaries.cached(cache, canaries.OTHER_CLAIM)
    listed = await canaries.cached(cache, canaries.OTHER_CLAIM, canaries.CLAIM)
    assert await tables_that_name(database_url) == sorted(HOLDING)

    receipt = await erasure.erase(None, SOUGHT)

    assert await tables_that_name(database_url) == []
    assert await redis_names(redis) == []
    assert cache.in_memory(listed) is None
    assert (await cache.look(listed, "")).entry is None
    assert cache.in_memory(theirs) is not None
    assert {*HOLDING, "webhook_events", "webhook_deliveries"} <= receipt.counts.keys()
    assert receipt.counts["people"] == 2
    by_profile = traces.of_keys(Keys(linkedin_url=canaries.PROFILE))
    assert suppressions.of(account_id, by_profile.forms)


async def test_who_stood_beside_an_erased_person_is_still_there(
    engine: AsyncEngine, account_id, erasure: Erasure
) -> None:
    listed = await canaries.led(engine, account_id)
    job_id = await canaries.batched(engine, account_id)
    await erasure.erase(account_id, traces.of_keys(Keys(), phone=canaries.PHONE))

    kept = await EnrichmentRepository(engine).get(account_id, listed.id)
    assert [it.text("full_name") for it in kept.executives] == [canaries.OTHER]
    assert kept.request.known_executives == (canaries.OTHER,)
    assert kept.company.text("domain") == "quillmere.test"
    async with engine.connect() as connection:
        people = await connection.scalars(
            select(tables.people.c.full_name).where(tables.people.c.account_id == account_id)
        )
        items = await connection.execute(
            select(job_items).where(job_items.c.job_id == job_id).order_by(job_items.c.number)
        )
        told = await opened(connection, job_items, items.all())
        assert people.all() == [canaries.OTHER]
        assert [(it.row.state, it.row.reference) for it in told] == [
            ("suppressed", None),
            ("queued", "crm-2"),
        ]
        assert all(is_sealed(it.stored.request) for it in told)


async def test_h75_an_account_erases_its_own_and_learns_of_no_other(
    engine: AsyncEngine, account_id, database_url: str, erasure: Erasure, suppressions: Suppressions
) -> None:
    await everywhere(engine, account_id, erasure.vault)
    stranger = await new_account(engine)

    receipt = await erasure.erase(stranger, SOUGHT)

    assert receipt.counts == {}
    kept = set(HOLDING) - {"call_intents"}
    assert set(await tables_that_name(database_url)) == kept
    assert suppressions.of(stranger, SOUGHT.forms)
    assert not suppressions.of(account_id, SOUGHT.forms)


async def test_h72_what_was_under_way_is_gone_after_the_second_look(
    engine: AsyncEngine, account_id, database_url: str, erasure: Erasure
) -> None:
    await canaries.enriched(engine, account_id)
    await erasure.erase(None, SOUGHT)
    # A process that had not heard of it, of a provider that knows the profile alone.
    await canaries.led(engine, account_id)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE erasures SET due_at = now()"))

    for due in await ErasureRepository(engine).due(10):
        await erasure.go_on(due)

    assert await tables_that_name(database_url) == []
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT sought, due_at FROM erasures"))).all()
    assert rows == [(None, None)]


async def test_h74_a_backup_that_is_put_back_brings_nobody_back(
    engine: AsyncEngine, account_id, database_url: str, erasure: Erasure, suppressions: Suppressions
) -> None:
    await everywhere(engine, account_id, erasure.vault)
    await erasure.erase(None, SOUGHT)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM erasures"))
        await connection.execute(text("DELETE FROM suppressions"))
    await suppressions.refresh()
    await everywhere(engine, account_id, erasure.vault)

    assert await replay_missing(erasure, erasure.journal.lines()) == 1

    assert await tables_that_name(database_url) == []
    assert suppressions.of(account_id, SOUGHT.forms)
    assert await replay_missing(erasure, erasure.journal.lines()) == 0


async def test_those_who_subscribed_are_told_which_contact_is_gone(
    engine: AsyncEngine, account_id, erasure: Erasure
) -> None:
    found = await everywhere(engine, account_id, erasure.vault)
    await erasure.erase(account_id, SOUGHT)

    async with engine.connect() as connection:
        table = webhook_deliveries.c
        mine = select(table.event, table.body).where(table.account_id == account_id)
        ((event, body),) = (await connection.execute(mine)).all()
    assert event == "contact.erased"
    assert str(found.person_id) in bytes(body).decode()
