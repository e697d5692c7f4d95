"""Enrichments that are owed an answer: due once, leased to one worker, given up at last."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from tests.storage.examples import enrichment

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.storage.completions import MOST_TRIES, CompletionRepository, Due
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.tables import completions

LATER = ProviderOutcome(
    provider="acme",
    capability="find_person",
    outcome=OutcomeKind.PENDING,
    reason=None,
    retry_after=timedelta(seconds=10),
    latency=timedelta(0),
    cost=MicroUsd(0),
    calls=1,
    cached=None,
    records=0,
)


@pytest.fixture
async def owed(engine, account_id):
    """An enrichment whose provider said "later"."""
    given = enrichment(account_id, outcomes=(LATER,))
    await EnrichmentRepository(engine).record(given, [], observations=Observations())
    yield given
    await CompletionRepository(engine).settle(replace(given, outcomes=()))


async def set_due(engine, given, **values) -> None:
    values = {"due_at": func.clock_timestamp() - timedelta(seconds=1)} | values
    mine = completions.c.enrichment_id == given.id
    async with engine.begin() as connection:
        await connection.execute(update(completions).where(mine).values(**values))


async def claimed_by(repository, given) -> bool:
    return Due(given.account_id, given.id) in await repository.claim(100)


async def is_owed(engine, given) -> bool:
    mine = select(completions).where(completions.c.enrichment_id == given.id)
    async with engine.connect() as connection:
        return (await connection.execute(mine)).first() is not None


async def test_nothing_is_due_before_its_time(engine, owed):
    assert not await claimed_by(CompletionRepository(engine), owed)


async def test_of_many_workers_one_gets_it(engine, owed):
    await set_due(engine, owed)
    workers = [CompletionRepository(engine) for _ in range(5)]

    claims = await asyncio.gather(*(claimed_by(worker, owed) for worker in workers))

    assert sorted(claims) == [False, False, False, False, True]


async def test_a_worker_that_dies_gives_it_back_when_its_lease_ends(engine, owed):
    repository = CompletionRepository(engine)
    await set_due(engine, owed)
    assert await claimed_by(repository, owed)
    assert not await claimed_by(repository, owed)

    await set_due(engine, owed)  # as when the minute of the lease is over

    assert await claimed_by(repository, owed)


async def test_what_was_answered_is_forgotten(engine, owed):
    await CompletionRepository(engine).settle(replace(owed, outcomes=()))

    assert not await is_owed(engine, owed)


async def test_what_still_waits_is_kept_until_it_was_tried_often_enough(engine, owed):
    repository = CompletionRepository(engine)
    await repository.settle(owed)
    assert await is_owed(engine, owed)

    await set_due(engine, owed, tries=MOST_TRIES)
    await repository.settle(owed)

    assert not await is_owed(engine, owed)
