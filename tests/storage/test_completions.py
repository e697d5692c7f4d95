"""Enrichments that are owed an answer: due once, leased to one worker, given up at last."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from tests.storage.examples import enrichment

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome, Report, Waiting
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.storage.completions import (
    MOST_TRIES,
    Answered,
    CompletionRepository,
    Due,
    wake,
)
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


CLAY = replace(LATER, provider="clay", reference="run_1")


async def waits(engine, account_id, *outcomes: ProviderOutcome, **keys):
    """An enrichment that waits for these, recorded with what became of each ask."""
    request = Request(goal=Goal.PERSON, keys=Keys(**keys or {"email": Email("ada@engines.test")}))
    given = enrichment(account_id, outcomes=outcomes, request=request)
    reports = [
        Report(
            conversation=uuid4(),
            provider=outcome.provider,
            capability=outcome.capability,
            outcome=Waiting(timedelta(seconds=10), outcome.reference),
            latency=timedelta(0),
        )
        for outcome in outcomes
    ]
    await EnrichmentRepository(engine).record(given, reports, observations=Observations())
    return given


async def woken(engine, **told) -> int:
    async with engine.begin() as connection:
        return await wake(connection, Answered(**told))


async def test_who_waits_for_a_result_is_due_as_soon_as_it_is_told(engine, account_id):
    given = await waits(engine, account_id, CLAY)
    other = await waits(engine, account_id, replace(CLAY, reference="run_2"))

    assert await woken(engine, provider="clay", reference="run_1") == 1
    claimed = await CompletionRepository(engine).claim(100)
    assert Due(account_id, given.id) in claimed
    assert Due(account_id, other.id) not in claimed


@pytest.mark.parametrize(
    "told",
    [
        {"provider": "clay", "reference": "run_3"},
        {"provider": "clay"},
        {"provider": "apollo", "reference": "run_1"},
        {"provider": "clay", "email": "bob@engines.test", "domain": "else.test"},
    ],
)
async def test_what_nobody_waits_for_wakes_nobody(engine, account_id, told):
    await waits(engine, account_id, CLAY)

    assert await woken(engine, **told) == 0


@pytest.mark.parametrize(
    "told", [{"email": "ADA@Engines.test"}, {"domain": "engines.test", "email": None}]
)
async def test_a_result_without_a_name_is_known_by_whom_it_is_about(engine, account_id, told):
    keys = {"email": Email("ada@engines.test"), "domain": Domain("engines.test")}
    await waits(engine, account_id, replace(LATER, provider="clearbit"), **keys)

    assert await woken(engine, provider="clearbit", **told) == 1


async def test_a_result_that_is_told_again_wakes_nobody_who_is_due(engine, account_id):
    await waits(engine, account_id, replace(CLAY, reference="run_9"))

    told = [await woken(engine, provider="clay", reference="run_9") for _ in range(2)]

    assert told == [1, 0]
