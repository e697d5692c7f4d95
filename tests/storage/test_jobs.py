"""Jobs as their owners see them: accepted whole, once for a key, counted, ended, read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.at_rest import AT_REST
from tests.storage.examples import company, enrichment
from tests.storage.job_examples import PRICES, asked, created, items, rows, run

from roleferry_enrich.domain.batches import (
    ItemState,
    JobPriority,
    JobState,
    NewJob,
    RowFault,
    Settlement,
)
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import Conflict, InvalidQuery
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.job_leases import LeaseRepository
from roleferry_enrich.storage.jobs import JobRepository
from roleferry_enrich.storage.sealed import REFERENCE, opened_text

LEASE = timedelta(minutes=5)
FAULT = RowFault(row=2, field="email", code="invalid_email", message="is not valid")


@pytest.fixture
def repository(engine) -> JobRepository:
    return JobRepository(engine)


async def ended(engine, job, *states: str) -> None:
    """The first items with these states, as if workers had settled them."""
    for number, state in enumerate(states, 1):
        await run(
            engine,
            "UPDATE job_items SET state = :state, settled_at = clock_timestamp()"
            " WHERE job_id = :job AND number = :number",
            state=state,
            job=job.id,
            number=number,
        )


async def test_a_job_is_there_with_all_that_was_sent(engine, repository, account_id):
    job = await created(
        engine,
        account_id,
        3,
        faults=(FAULT,),
        refused=1,
        columns={"email": "Work mail"},
        priority=JobPriority.HIGH,
        max_cost=MicroUsd(5_000),
        callback_url="https://customer.test/hook",
    )
    assert await repository.get(account_id, job.id) == job
    assert (job.total, job.refused, job.faults) == (3, 1, (FAULT,))
    assert (job.columns, job.max_cost) == ({"email": "Work mail"}, 5_000)
    assert (job.priority, job.state) == (JobPriority.HIGH, JobState.QUEUED)
    assert job.counts == {ItemState.QUEUED: 3}
    stored = await rows(engine, job)
    assert [(row.number, opened_text(AT_REST, REFERENCE, row.reference)) for row in stored] == [
        (1, "crm-1"),
        (2, "crm-2"),
        (3, "crm-3"),
    ]


async def test_ten_thousand_items_are_one_transaction(engine, account_id):
    job = await created(engine, account_id, 10_000)
    assert job.counts == {ItemState.QUEUED: 10_000}


async def test_each_request_is_a_job(repository, account_id):
    first, second = [await repository.create(account_id, NewJob(items=items(1))) for _ in range(2)]
    assert first.id != second.id


async def test_what_is_written_alongside_is_in_the_same_transaction(engine, repository, account_id):
    async def refuse(_, job) -> None:
        assert job.total == 1
        raise Conflict("another did it")

    with pytest.raises(Conflict):
        await repository.create(account_id, NewJob(items=items(1)), refuse)
    assert (await repository.page(account_id, after=None, limit=9)).items == ()


async def test_another_accounts_job_is_not_there(engine, repository, account_id, other_account_id):
    job = await created(engine, account_id)
    assert await repository.get(other_account_id, job.id) is None
    assert await repository.cancel(other_account_id, job.id) is None
    assert await repository.retry(other_account_id, job.id) is None
    assert (await repository.results(other_account_id, job.id, after=None, limit=9)).items == ()
    assert (await repository.get(account_id, job.id)).counts == {ItemState.QUEUED: 3}


async def test_jobs_are_listed_newest_first_page_by_page(engine, repository, account_id):
    made = [await created(engine, account_id, 1) for _ in range(5)]
    seen, after = [], None
    for _ in range(3):
        page = await repository.page(account_id, after=after, limit=2)
        seen += [job.id for job in page.items]
        after = page.next
    assert after is None
    assert seen == [job.id for job in reversed(made)]


async def test_cancelling_ends_what_has_not_ended(engine, repository, account_id):
    job = await created(engine, account_id, 4)
    await ended(engine, job, "done", "running")
    cancelled = await repository.cancel(account_id, job.id)
    assert cancelled.state is JobState.CANCELLED
    assert cancelled.finished_at is not None
    assert cancelled.counts == {ItemState.DONE: 1, ItemState.CANCELLED: 3}
    assert await repository.cancel(account_id, job.id) == cancelled
    with pytest.raises(Conflict):
        await repository.retry(account_id, job.id)


async def test_what_has_ended_cannot_be_cancelled(engine, repository, account_id):
    job = await created(engine, account_id, 1)
    await ended(engine, job, "done")
    await LeaseRepository(engine, lease=LEASE).sweep()
    same = await repository.cancel(account_id, job.id)
    assert (same.state, same.counts) == (JobState.DONE, {ItemState.DONE: 1})


async def test_only_what_failed_is_retried(engine, repository, account_id):
    job = await created(engine, account_id, 4)
    await ended(engine, job, "done", "failed", "dead", "not_found")
    await LeaseRepository(engine, lease=LEASE).sweep()
    again = await repository.retry(account_id, job.id)
    assert again.state is JobState.RUNNING
    assert again.counts == {ItemState.DONE: 1, ItemState.QUEUED: 2, ItemState.NOT_FOUND: 1}


async def test_results_are_what_has_ended_in_the_order_sent(engine, repository, account_id):
    job = await created(engine, account_id, 5)
    await ended(engine, job, "done", "running", "failed", "not_found")
    first = await repository.results(account_id, job.id, after=None, limit=2)
    rest = await repository.results(account_id, job.id, after=first.next, limit=2)
    assert [item.number for item in (*first.items, *rest.items)] == [1, 3, 4]
    assert rest.next is None
    assert first.items[0].reference == "crm-1"


async def test_a_result_shows_its_enrichment_as_known_now(engine, repository, account_id):
    job = await created(engine, account_id, 1)
    leases = LeaseRepository(engine, lease=LEASE)
    item = next(i for i in await leases.take(10_000, PRICES) if i.job_id == job.id)
    known = enrichment(account_id, id=item.enrichment_id, request=asked("ada1@engines.test"))
    records = EnrichmentRepository(engine)
    await records.record(known, [], observations=Observations())
    await leases.settle(item, Settlement(state=ItemState.DONE, enrichment_id=known.id))
    later = enrichment(account_id, id=item.enrichment_id, company=company("Engines Ltd"))
    await records.record(later, [], observations=Observations())

    (result,) = (await repository.results(account_id, job.id, after=None, limit=9)).items
    assert result.enrichment.company.fields["name"].value == "Engines Ltd"


async def test_a_cursor_of_another_list_is_refused(engine, repository, account_id):
    job = await created(engine, account_id, 1)
    with pytest.raises(InvalidQuery):
        await repository.page(account_id, after="bm9uc2Vuc2U", limit=1)
    with pytest.raises(InvalidQuery):
        await repository.results(account_id, job.id, after="bm9uc2Vuc2U", limit=1)
    with pytest.raises(InvalidQuery):
        await repository.results(account_id, uuid4(), after=None, limit=101)
