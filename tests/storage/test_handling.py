"""What an account said of its handling is read back, and goes with the people it brings."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.storage.examples import company, enrichment, person

from roleferry_enrich.domain.handling import Handling, LawfulBasis
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.handling import HandlingRepository
from roleferry_enrich.storage.tables import people

SAID = Handling(
    purpose="sales", lawful_basis=LawfulBasis.CONSENT, providers_off=frozenset({"clay", "x"})
)


async def test_the_last_word_is_kept(
    engine: AsyncEngine, account_id: UUID, other_account_id: UUID
) -> None:
    kept = HandlingRepository(engine)
    assert await kept.get(account_id) == Handling()
    await kept.put(account_id, Handling(purpose="curiosity"))
    await kept.put(account_id, SAID)
    assert await kept.get(account_id) == SAID
    assert await kept.get(other_account_id) == Handling()


async def test_purpose_and_ground_are_kept_with_people_and_enrichments(
    engine: AsyncEngine, account_id: UUID
) -> None:
    found = enrichment(account_id, person=person("Ada Byron", "ada@b.test"), company=company())
    options = replace(found.request.options, purpose=SAID.purpose, lawful_basis=SAID.lawful_basis)
    found = replace(found, request=replace(found.request, options=options))
    repository = EnrichmentRepository(engine)
    kept = await repository.record(found, [], observations=Observations())

    async with engine.connect() as connection:
        row = (await connection.execute(select(people).where(people.c.id == kept.person_id))).one()
    assert (row.purpose, row.lawful_basis) == ("sales", "consent")
    read = await repository.get(account_id, found.id)
    assert read is not None
    assert read.request.options.lawful_basis is LawfulBasis.CONSENT
