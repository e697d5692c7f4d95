"""Completions: each is one worker's at a time, comes back by itself, and is not tried for ever."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.databases import new_account
from tests.storage.examples import enrichment

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.storage.completions import MOST_TRIES, CompletionRepository, Due
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.tables import completions, enrichments


def outcome(kind: OutcomeKind, wait: timedelta | None = None) -> ProviderOutcome:
    return ProviderOutcome(
        provider="acme",
        capability="find_person",
        outcome=kind,
        reason=None,
        retry_after=wait,
        latency=timedelta(0),
        cost=MicroUsd(0),
        calls=1,
        cached=None,
        records=0,
    )


@pytest.fixture(autouse=True)
async def nothing_due(engine: AsyncEngine) -> None:
    """Claims are over all accounts, so what other tests left behind goes first."""
    async with engine.begin() as connection:
        await connection.execute(completions.delete())


@pytest.fixture
def repository(engine: AsyncEngine) -> CompletionRepository:
    return CompletionRepository(engine)


async def pending(
    engine: AsyncEngine, account_id: UUID, wait: timedelta = timedelta(seconds=30)
) -> Enrichment:
    waiting = enrichment(account_id, outcomes=(outcome(OutcomeKind.PENDING, wait),))
    return await EnrichmentRepository(engine).record(waiting, (), observations=Observations())


async def make_due(engine: AsyncEngine, **values) -> None:
    """As if its time had come."""
    past = {"due_at": completions.c.due_at - timedelta(hours=1)}
    async with engine.begin() as connection:
        await connection.execute(update(completions).values(**past | values))


async def rows(connection: AsyncConnection) -> list[tuple[UUID, int]]:
    found = await connection.execute(select(completions.c.enrichment_id, completions.c.tries))
    return [(row.enrichment_id, row.tries) for row in found]


async def left(engine: AsyncEngine) -> list[tuple[UUID, int]]:
    async with engine.connect() as connection:
        return await rows(connection)


async def test_nothing_is_due_before_the_provider_said(engine, account_id, repository) -> None:
    await pending(engine, account_id)

    assert await repository.claim(10) == []


async def test_what_nobody_owes_is_never_due(engine, account_id) -> None:
    done = enrichment(account_id, outcomes=(outcome(OutcomeKind.FOUND),))
    await EnrichmentRepository(engine).record(done, (), observations=Observations())

    assert await left(engine) == []


async def test_a_claim_is_for_one_worker_until_its_lease_ends(
    engine, account_id, repository
) -> None:
    waiting = await pending(engine, account_id)
    await make_due(engine)

    assert await repository.claim(10) == [Due(account_id, waiting.id)]
    assert await repository.claim(10) == []
    await make_due(engine)
    assert await repository.claim(10) == [Due(account_id, waiting.id)]
    assert await left(engine) == [(waiting.id, 2)]


async def test_claimers_at_once_never_get_the_same(engine, repository) -> None:
    account_id = await new_account(engine)
    expected = {(await pending(engine, account_id)).id for _ in range(24)}
    await make_due(engine)

    async with asyncio.TaskGroup() as group:
        claims = [group.create_task(repository.claim(4)) for _ in range(8)]
    # Whoever met another's locks took fewer, and the next look takes the rest.
    claimed = [due.enrichment_id for claim in claims for due in claim.result()]
    while more := await repository.claim(4):
        claimed += [due.enrichment_id for due in more]

    assert len(claimed) == len(set(claimed))
    assert set(claimed) == expected


async def test_a_claim_does_not_wait_for_another_that_is_not_committed(
    engine, account_id, repository
) -> None:
    await pending(engine, account_id)
    other = await pending(engine, account_id)
    await make_due(engine)
    first = select(completions).where(completions.c.enrichment_id != other.id).with_for_update()

    async with engine.begin() as connection:
        await connection.execute(first)
        async with asyncio.timeout(5):
            assert await repository.claim(10) == [Due(account_id, other.id)]


async def test_no_more_than_asked_for_are_claimed_the_longest_due_first(
    engine, account_id, repository
) -> None:
    late = await pending(engine, account_id, timedelta(minutes=2))
    early = await pending(engine, account_id, timedelta(minutes=1))
    await make_due(engine)

    assert await repository.claim(1) == [Due(account_id, early.id)]
    assert await repository.claim(1) == [Due(account_id, late.id)]


async def test_a_settled_completion_is_forgotten(engine, account_id, repository) -> None:
    waiting = await pending(engine, account_id)

    await repository.settle(replace(waiting, outcomes=(outcome(OutcomeKind.FOUND),)))

    assert await left(engine) == []


async def test_who_is_still_waited_for_is_asked_again(engine, account_id, repository) -> None:
    waiting = await pending(engine, account_id)
    await make_due(engine)
    await repository.claim(1)

    await repository.settle(waiting)

    assert await left(engine) == [(waiting.id, 1)]


async def test_recording_again_keeps_the_count_of_tries(engine, account_id, repository) -> None:
    waiting = await pending(engine, account_id)
    await make_due(engine, tries=3)
    await EnrichmentRepository(engine).record(waiting, (), observations=Observations())

    assert await left(engine) == [(waiting.id, 3)]
    assert await repository.claim(1) == [], "it is due when the provider said, once more"


async def test_it_is_not_tried_for_ever(engine, account_id, repository) -> None:
    waiting = await pending(engine, account_id)
    for _ in range(MOST_TRIES - 1):
        await make_due(engine)
        await repository.claim(1)
        await repository.settle(waiting)
    assert await left(engine) == [(waiting.id, MOST_TRIES - 1)]

    await make_due(engine)
    assert await repository.claim(1)
    await repository.settle(waiting)

    assert await left(engine) == []


async def test_what_no_worker_ever_settles_is_given_up(engine, account_id, repository) -> None:
    await pending(engine, account_id)
    await make_due(engine, tries=MOST_TRIES)

    assert await repository.claim(1) == []
    assert await left(engine) == []


async def test_the_last_try_has_its_whole_lease(engine, account_id, repository) -> None:
    waiting = await pending(engine, account_id)
    await make_due(engine, tries=MOST_TRIES - 1)

    assert await repository.claim(1)
    assert await repository.claim(1) == []

    assert await left(engine) == [(waiting.id, MOST_TRIES)]


async def test_an_enrichment_that_is_deleted_is_owed_nothing(engine, account_id) -> None:
    waiting = await pending(engine, account_id)
    async with engine.begin() as connection:
        await connection.execute(enrichments.delete().where(enrichments.c.id == waiting.id))

    assert await left(engine) == []
