"""What waits is counted where it lies."""

from datetime import timedelta

from tests.storage.job_examples import PRICES, created, run, without_jobs
from tests.storage.outgoing_examples import announced, deliveries_become, endpoint_of

from roleferry_enrich.storage.backlogs import BacklogRepository
from roleferry_enrich.storage.job_leases import LeaseRepository

HOUR = timedelta(hours=1)


async def test_what_waits_is_counted_with_the_age_of_what_is_next(engine, account_id):
    await without_jobs(engine)
    repository = BacklogRepository(engine)
    before = await repository.count()
    assert (before.items.count, before.items.age, before.running) == (0, timedelta(0), 0)

    await created(engine, account_id, 5)
    await LeaseRepository(engine, lease=HOUR).take(2, PRICES)
    await run(engine, "UPDATE job_items SET next_at = now() - interval '1 hour'")
    endpoint = await endpoint_of(engine, account_id)
    await announced(engine, account_id, 3)
    found = await repository.count()
    assert (found.items.count, found.running) == (3, 2)
    assert HOUR <= found.items.age < 2 * HOUR
    assert found.messages.count - before.messages.count == 3
    assert (found.events, found.dead_events) == (before.events, before.dead_events)
    await deliveries_become(engine, endpoint, state="delivered")


async def test_what_is_not_due_yet_is_not_late(engine, account_id):
    await without_jobs(engine)
    await created(engine, account_id, 1)
    await run(engine, "UPDATE job_items SET next_at = now() + interval '1 hour'")
    assert (await BacklogRepository(engine).count()).items.age == timedelta(0)
