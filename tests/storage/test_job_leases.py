"""Items are run by one worker at a time, survive workers that die, and are dealt out fairly."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.databases import new_account
from tests.storage.examples import call, enrichment, observations, report
from tests.storage.job_examples import PRICES, created, rows, run, without_jobs

from roleferry_enrich.domain.batches import (
    MOST_DEATHS,
    ItemState,
    JobPriority,
    JobState,
    Settlement,
)
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.job_leases import SUSPECTED, LeaseRepository
from roleferry_enrich.storage.jobs import JobRepository

LEASE = timedelta(minutes=5)
DONE = Settlement(state=ItemState.DONE)


@pytest.fixture
async def leases(engine) -> LeaseRepository:
    await without_jobs(engine)
    await run(engine, "TRUNCATE sweeps")
    return LeaseRepository(engine, lease=LEASE)


async def let_leases_end(engine) -> None:
    await swept_for(engine, "1 hour")
    await run(engine, "UPDATE job_items SET lease_until = now() - interval '1 s'"
                      " WHERE state = 'running'")  # fmt: skip


async def swept_for(engine, so_long: str, ago: str = "0 s") -> None:
    until = f"now() - interval '{ago}'"
    await run(engine, f"INSERT INTO sweeps SELECT {until} - interval '{so_long}', {until}")


def numbers(items) -> list[int]:
    return sorted(item.number for item in items)


async def test_h48_of_many_workers_each_item_goes_to_one(engine, leases, account_id):
    await created(engine, account_id, 200)
    workers = [LeaseRepository(engine, lease=LEASE) for _ in range(8)]
    taken: list[int] = []
    while found := await asyncio.gather(*(worker.take(10, PRICES) for worker in workers)):
        taken += [item.number for items in found for item in items]
        if not any(found):
            break
    assert sorted(taken) == list(range(1, 201))


async def test_what_is_settled_is_counted_and_ends_the_job(engine, leases, account_id):
    job = await created(engine, account_id, 2)
    for item in await leases.take(5, PRICES):
        assert await leases.settle(item, replace(DONE, cache_hits=2))
    swept = await leases.sweep()
    assert swept.finished == [(account_id, job.id)]
    known = await JobRepository(engine).get(account_id, job.id)
    assert (known.state, known.counts) == (JobState.DONE, {ItemState.DONE: 2})
    assert known.cache_hits == 4
    assert (await leases.sweep()).finished == []


async def test_h47_a_worker_that_was_overtaken_cannot_write(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (stopped,) = await leases.take(1, PRICES)
    await let_leases_end(engine)
    assert (await leases.sweep()).expired == 1
    (taken_over,) = await leases.take(1, PRICES)

    assert not await leases.settle(stopped, replace(DONE, reason="of the zombie"))
    assert await leases.renew([stopped, taken_over]) == {
        (job.id, taken_over.number, taken_over.epoch)
    }
    assert await leases.settle(taken_over, DONE)
    assert not await leases.settle(stopped, replace(DONE, reason="of the zombie"))
    (row,) = await rows(engine, job)
    assert (row.state, row.reason, row.deaths) == ("done", None, 1)
    assert stopped.enrichment_id != taken_over.enrichment_id


async def test_what_is_renewed_is_not_taken_over(engine, leases, account_id):
    await created(engine, account_id, 1)
    held = await leases.take(1, PRICES)
    await let_leases_end(engine)
    assert len(await leases.renew(held)) == 1
    assert (await leases.sweep()).expired == 0


async def test_h49_a_lease_does_not_end_while_nobody_could_renew_it(engine, leases, account_id):
    """It was renewed six minutes ago and has had four of its five; the database was away since."""
    await created(engine, account_id, 1)
    held = await leases.take(1, PRICES)
    await run(engine, "UPDATE job_items SET lease_until = now() - interval '1 min'")
    await swept_for(engine, "10 min", ago="2 min")
    for _ in range(3):
        assert (await leases.sweep()).expired == 0
    assert len(await leases.renew(held)) == 1


async def test_p4_what_a_lease_has_had_before_counts_when_the_database_is_back(
    engine, leases, account_id
):
    """It was renewed seven minutes ago, and has had four of its five, and another one since."""
    await created(engine, account_id, 1)
    await leases.take(1, PRICES)
    await run(engine, "UPDATE job_items SET lease_until = now() - interval '2 min'")
    await swept_for(engine, "10 min", ago="3 min")
    await swept_for(engine, "1 min")
    assert (await leases.sweep()).expired == 1


async def test_sweepers_that_are_slow_still_end_leases(engine, leases, account_id):
    """Of each silence a second counts, so that no lease lasts for ever."""
    await created(engine, account_id, 1)
    await leases.take(1, PRICES)
    await run(engine, "UPDATE job_items SET lease_until = now() - interval '50 min'")
    await run(
        engine,
        "INSERT INTO sweeps SELECT at - interval '1 s', at"
        " FROM generate_series(now() - interval '55 min', now() - interval '5 s', '10 s') AS at",
    )
    assert (await leases.sweep()).expired == 1


async def test_h52_items_given_back_have_died_of_nothing(engine, leases, account_id):
    job = await created(engine, account_id, 2)
    for _ in range(10):
        held = await leases.take(2, PRICES)
        assert len(held) == 2
        await leases.release(held)
    assert {(row.state, row.deaths) for row in await rows(engine, job)} == {("queued", 0)}


async def test_what_is_put_off_is_not_due(engine, leases, account_id):
    await created(engine, account_id, 1)
    held = await leases.take(1, PRICES)
    await leases.release(held, pause=LEASE, delays=1)
    assert await leases.take(1, PRICES) == []
    await run(engine, "UPDATE job_items SET next_at = now()")
    (again,) = await leases.take(1, PRICES)
    assert again.delays == 1


async def test_h51_what_kills_workers_runs_alone_and_dies_alone(engine, leases, account_id):
    """The third is the poison; every worker that holds it dies with all it holds."""
    job = await created(engine, account_id, 5)
    for _ in range(SUSPECTED):
        assert len(await leases.take(9, PRICES)) == 5
        await let_leases_end(engine)
        await leases.sweep()
    assert await leases.take(9, PRICES) == []
    while await leases.suspects():
        (alone,) = await leases.take(1, PRICES, suspects=True)
        if alone.number == 3:
            await let_leases_end(engine)
        else:
            await leases.settle(alone, DONE)
        await leases.sweep()
    ends = {row.number: (row.state, row.reason) for row in await rows(engine, job)}
    assert ends == dict.fromkeys((1, 2, 4, 5), ("done", None)) | {3: ("dead", "worker_died")}
    dead = next(row for row in await rows(engine, job) if row.number == 3)
    assert dead.deaths == MOST_DEATHS
    assert (await JobRepository(engine).get(account_id, job.id)).state is JobState.DONE


async def test_h53_accounts_take_turns_however_much_one_has(engine, leases, account_id):
    others = [await new_account(engine) for _ in range(2)]
    await created(engine, account_id, 300)
    for other in others:
        await created(engine, other, 3)
    first = Counter(item.account_id for item in await leases.take(9, PRICES))
    assert first == {account_id: 3, others[0]: 3, others[1]: 3}


async def test_who_has_much_under_way_waits_for_who_has_little(engine, leases, account_id):
    await created(engine, account_id, 300)
    await leases.take(20, PRICES)
    other = await new_account(engine)
    await created(engine, other, 30)
    now = Counter(item.account_id for item in await leases.take(10, PRICES))
    assert now == {other: 10}


async def test_h53_one_item_of_another_is_claimed_next_of_ten_thousand(engine, leases, account_id):
    await created(engine, account_id, 10_000, priority=JobPriority.HIGH)
    await leases.take(40, PRICES)
    other = await new_account(engine)
    job = await created(engine, other, 1)
    (next_one,) = await leases.take(1, PRICES)
    assert next_one.job_id == job.id


async def test_urgent_jobs_come_first_within_their_account(engine, leases, account_id):
    await created(engine, account_id, 5)
    urgent = await created(engine, account_id, 2, priority=JobPriority.HIGH)
    await created(engine, account_id, 2, priority=JobPriority.LOW)
    taken = await leases.take(3, PRICES)
    assert Counter(item.job_id == urgent.id for item in taken) == {True: 2, False: 1}


async def test_a_cancelled_item_cannot_be_settled_but_its_cost_is_known(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (item,) = await leases.take(1, PRICES)
    await JobRepository(engine).cancel(account_id, job.id)
    await spend(engine, item, 30)
    assert await leases.renew([item]) == set()
    assert not await leases.settle(item, replace(DONE, cost=MicroUsd(30)))
    (row,) = await rows(engine, job)
    assert (row.state, row.enrichment_id, row.cost) == ("cancelled", None, 30)


async def spend(engine, item, cost: int) -> None:
    conversation = uuid4()
    paid = report(observations(conversation), conversation, call(conversation, cost))
    known = enrichment(item.account_id, id=item.enrichment_id)
    await EnrichmentRepository(engine).record(
        known, [paid], observations=observations(conversation)
    )


async def test_the_cost_of_an_item_is_that_of_all_its_tries(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (first,) = await leases.take(1, PRICES)
    await spend(engine, first, 30)
    await let_leases_end(engine)
    await leases.sweep()
    (second,) = await leases.take(1, PRICES)
    await spend(engine, second, 12)
    await leases.settle(second, replace(DONE, cost=MicroUsd(12)))
    assert (await JobRepository(engine).get(account_id, job.id)).cost == 42


async def test_what_a_retry_costs_comes_to_what_was_told(engine, leases, account_id):
    job = await created(engine, account_id, 1)
    (first,) = await leases.take(1, PRICES)
    await spend(engine, first, 30)  # of which 20 were for others, who shared the call
    await leases.settle(first, Settlement(state=ItemState.FAILED, cost=MicroUsd(10)))
    await JobRepository(engine).retry(account_id, job.id)
    (second,) = await leases.take(1, PRICES)
    await leases.settle(second, replace(DONE, cost=MicroUsd(5)))
    assert (await JobRepository(engine).get(account_id, job.id)).cost == 15


async def test_a_capped_job_never_hands_out_more_than_it_has(engine, leases, account_id):
    job = await created(engine, account_id, 50, max_cost=MicroUsd(250))
    workers = [LeaseRepository(engine, lease=LEASE) for _ in range(4)]
    found = await asyncio.gather(*(worker.take(5, PRICES) for worker in workers))
    held = [item for items in found for item in items]
    assert [item.allowance for item in held] == [100, 100]
    states = Counter(row.state for row in await rows(engine, job))
    assert states == {"running": 2, "queued": 48}


async def test_money_that_was_not_spent_goes_to_the_next(engine, leases, account_id):
    await created(engine, account_id, 9, max_cost=MicroUsd(130))
    (first,) = await leases.take(1, PRICES)
    assert first.allowance == 100
    assert await leases.take(1, PRICES) == []  # 30 for certain, 130 perhaps
    await spend(engine, first, 20)
    await leases.settle(first, replace(DONE, cost=MicroUsd(20)))
    await run(engine, "UPDATE job_items SET next_at = now() WHERE state = 'queued'")
    (second,) = await leases.take(1, PRICES)
    assert second.allowance == 100  # of the 110 that are left
    await spend(engine, second, 95)
    await leases.settle(second, replace(DONE, cost=MicroUsd(95)))
    (third,) = await leases.take(1, PRICES)
    assert third.allowance == 15
    await spend(engine, third, 10)
    await leases.settle(third, replace(DONE, cost=MicroUsd(10)))
    assert [item.allowance for item in await leases.take(9, PRICES)] == [0] * 6


async def test_what_a_dead_worker_spent_is_spent(engine, leases, account_id):
    await created(engine, account_id, 1, max_cost=MicroUsd(100))
    (first,) = await leases.take(1, PRICES)
    await spend(engine, first, 70)
    await let_leases_end(engine)
    await leases.sweep()
    (second,) = await leases.take(1, PRICES)
    assert (first.allowance, second.allowance) == (100, 30)


async def test_what_a_provider_still_owes_keeps_its_money(engine, leases, account_id):
    job = await created(engine, account_id, 2, max_cost=MicroUsd(150))
    (item,) = await leases.take(1, PRICES)
    await spend(engine, item, 20)
    await leases.settle(item, replace(DONE, cost=MicroUsd(20), is_owed=True))
    assert [row.held for row in await rows(engine, job)] == [80, 0]


async def test_a_call_of_a_dead_worker_keeps_nobody_waiting(engine, leases, account_id):
    await created(engine, account_id, 1, max_cost=MicroUsd(100))
    (item,) = await leases.take(1, PRICES)
    await run(
        engine,
        "INSERT INTO call_intents (question, id, account_id, enrichment_id, conversation, provider,"
        " capability, attempt, price, noted_at, expires_at) VALUES (:question, gen_random_uuid(),"
        " :account, :enrichment, gen_random_uuid(), 'acme', 'find_person', 1, 60, now(),"
        " now() + interval '1 hour')",
        question=item.enrichment_id.bytes,
        account=account_id,
        enrichment=item.enrichment_id,
    )
    await let_leases_end(engine)
    await leases.sweep()
    async with engine.connect() as connection:
        left = await connection.scalar(
            text("SELECT expires_at <= clock_timestamp() FROM call_intents WHERE question = :q"),
            {"q": item.enrichment_id.bytes},
        )
    assert left is True
    (again,) = await leases.take(1, PRICES)
    assert again.allowance == 40  # the call may have been charged
