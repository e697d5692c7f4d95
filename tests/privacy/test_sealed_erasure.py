"""An erasure where rows are sealed: the key goes too, and what is left is sealed as it was."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.database_dump import everything
from tests.privacy import canaries
from tests.privacy.erasing import tables_that_name

from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.opened_rows import opened
from roleferry_enrich.storage.sealed import is_sealed, subject_of
from roleferry_enrich.storage.shredding import shred
from roleferry_enrich.storage.tables import (
    contact_points,
    enrichments,
    field_history,
    observations,
    people,
)
from roleferry_enrich.storage.transactions import in_transaction

BY_EMAIL = traces.of_keys(Keys(email=canaries.EMAIL))


@pytest.fixture(autouse=True)
async def _nobody_else(engine: AsyncEngine) -> AsyncIterator[None]:
    yield
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE accounts, erasures CASCADE"))


async def lay_open(engine: AsyncEngine) -> None:
    """As rows are that were stored before there were keys."""
    async with engine.begin() as connection:
        for table in (people, contact_points, enrichments, field_history, observations, job_items):
            rows = (await connection.execute(select(table))).all()
            for each in await opened(connection, table, rows):
                mine = [it == getattr(each.stored, it.name) for it in table.primary_key.columns]
                others = [it.name for it in table.columns if not it.primary_key]
                plain = {name: getattr(each.row, name) for name in others}
                await connection.execute(update(table).where(*mine).values(plain))


async def test_the_key_of_who_is_erased_goes_and_those_of_others_stay(
    engine: AsyncEngine, account_id, erasure: Erasure
) -> None:
    found = await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)

    receipt = await erasure.erase(account_id, BY_EMAIL)

    assert receipt.counts["subject_keys"] == 1
    (other,) = (await ContactRepository(engine).page(account_id)).items
    assert [point.value for point in other.contact_points] == [canaries.OTHERS_EMAIL]
    async with engine.connect() as connection:
        mine = select(subject_keys.c.subject_id).where(subject_keys.c.account_id == account_id)
        left = (await connection.scalars(mine)).all()
    assert left == [other.id]
    assert found.person_id != other.id


async def test_what_is_left_of_a_shared_answer_is_sealed_as_it_was(
    engine: AsyncEngine, account_id, database_url: str, erasure: Erasure
) -> None:
    listed = await canaries.led(engine, account_id)
    await canaries.batched(engine, account_id)

    await erasure.erase(account_id, BY_EMAIL)

    (other,) = (await ContactRepository(engine).page(account_id)).items
    async with engine.connect() as connection:
        wanted = select(enrichments).where(enrichments.c.id == listed.id)
        row = (await connection.execute(wanted)).one()
    assert [subject_of(each) for each in row.result["executives"]] == [other.id]
    assert is_sealed(row.request)
    assert row.request["domain"] == "quillmere.test"
    assert canaries.OTHERS_EMAIL not in await everything(database_url)


async def test_who_was_stored_in_clear_is_erased_as_well(
    engine: AsyncEngine, account_id, database_url: str, erasure: Erasure
) -> None:
    await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)
    await canaries.batched(engine, account_id)
    await lay_open(engine)
    assert canaries.EMAIL in await everything(database_url)

    await erasure.erase(account_id, BY_EMAIL)

    assert await tables_that_name(database_url) == []
    assert canaries.OTHERS_EMAIL in await everything(database_url)


async def test_an_erasure_that_ended_after_the_shredding_is_ended_by_the_next_look(
    engine: AsyncEngine, account_id, erasure: Erasure
) -> None:
    """The name is in clear, and whose it is can be read no more."""
    found = await canaries.enriched(engine, account_id)
    await in_transaction(engine, lambda it: shred(it, account_id, {found.person_id}))
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM identities"))

    await erasure.erase(account_id, traces.of_keys(Keys(full_name=canaries.NAME, domain="a.test")))

    async with engine.connect() as connection:
        named = select(people.c.full_name, people.c.words)
        assert (await connection.execute(named)).all() == [(None, "")]
