"""An item's end is written with its answer: one commit has both, or neither."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.storage.examples import company, enrichment
from tests.storage.job_examples import PRICES, created, rows, without_jobs
from tests.storage.test_job_leases import DONE, LEASE, let_leases_end
from tests.storage.test_lost_commits import Forgetful

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.batches import settlement_of
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.job_leases import LeaseRepository


@pytest.fixture
async def leases(engine) -> LeaseRepository:
    await without_jobs(engine)
    return LeaseRepository(engine, lease=LEASE)


async def recorded(engine, leases: LeaseRepository, item, *, breaks: bool = False) -> bool:
    """Whether the item was settled by who recorded an answer for it."""
    ended: list[bool] = []

    async def alongside(connection, known) -> None:
        ended.append(await leases.settle_within(connection, item, settlement_of(known, item)))
        if breaks:
            raise ZeroDivisionError

    answer = enrichment(item.account_id, id=item.enrichment_id, company=company())
    # As a worker does: under the account's own rights.
    with acting_for(item.account_id):
        await EnrichmentRepository(engine).record(
            answer, (), observations=Observations(), alongside=alongside
        )
    return ended[-1]


async def known(engine, account_id: UUID, enrichment_id: UUID) -> bool:
    return await EnrichmentRepository(engine).get(account_id, enrichment_id) is not None


async def test_an_items_end_comes_with_its_answer(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (item,) = await leases.take(1, PRICES)
    assert await recorded(engine, leases, item)
    (row,) = await rows(engine, job)
    assert (row.state, row.enrichment_id) == ("done", item.enrichment_id)
    assert await known(engine, account_id, item.enrichment_id)


async def test_or_not_at_all(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (item,) = await leases.take(1, PRICES)
    with pytest.raises(ZeroDivisionError):
        await recorded(engine, leases, item, breaks=True)
    (row,) = await rows(engine, job)
    assert (row.state, row.enrichment_id) == ("running", None)
    assert not await known(engine, account_id, item.enrichment_id)


async def test_h47_who_was_overtaken_records_its_own_try_and_ends_nothing(
    engine, leases, account_id
):
    job = await created(engine, account_id, 1)
    (stopped,) = await leases.take(1, PRICES)
    await let_leases_end(engine)
    await leases.sweep()
    (successor,) = await leases.take(1, PRICES)
    assert not await recorded(engine, leases, stopped)
    (row,) = await rows(engine, job)
    assert (row.state, row.enrichment_id) == ("running", None)
    assert await recorded(engine, leases, successor)
    assert not await recorded(engine, leases, stopped)
    (row,) = await rows(engine, job)
    assert (row.state, row.enrichment_id) == ("done", successor.enrichment_id)


async def test_h49_a_commit_whose_answer_was_lost_is_made_again_and_told_once(
    engine, leases, account_id
):
    job = await created(engine, account_id, 1)
    (item,) = await leases.take(1, PRICES)
    forgetful = Forgetful(engine)
    answer = enrichment(account_id, id=item.enrichment_id, company=company())

    told: list[bool] = []

    async def alongside(connection, _) -> None:
        told.append(await leases.settle_within(connection, item, replace(DONE, cost=MicroUsd(30))))

    await EnrichmentRepository(forgetful).record(
        answer, (), observations=Observations(), alongside=alongside
    )
    assert (forgetful.lost, told) == (2, [True, True])
    (row,) = await rows(engine, job)
    assert (row.state, row.cost, row.tries) == ("done", 30, [])
