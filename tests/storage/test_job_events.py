"""Who is told of a job: in the transaction that knows it, once for each end, not too often."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select, text
from tests.storage.job_examples import PRICES, created, run, without_jobs
from tests.storage.outgoing_examples import endpoint_of, settlement

from roleferry_enrich.domain.batches import ItemState, Settlement
from roleferry_enrich.domain.outgoing_webhooks import DeliveryState
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage import job_leases
from roleferry_enrich.storage.callbacks import CallbackRepository
from roleferry_enrich.storage.deliveries import DeliveryRepository, Shares
from roleferry_enrich.storage.endpoints import EndpointRepository
from roleferry_enrich.storage.job_leases import LeaseRepository
from roleferry_enrich.storage.jobs import JobRepository
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries

COMPLETED, PROGRESS = EventType.BATCH_COMPLETED, EventType.BATCH_PROGRESS
DONE = Settlement(state=ItemState.DONE)
FAILED = Settlement(state=ItemState.FAILED)
HOOK = "https://crm.test/hook?job=1"
SHARES = Shares(per_endpoint=5, per_account=20)


@pytest.fixture
async def leases(engine) -> LeaseRepository:
    await without_jobs(engine)
    return LeaseRepository(engine, lease=timedelta(minutes=5))


async def end(leases, count: int, settlement: Settlement = DONE) -> None:
    for item in await leases.take(count, PRICES):
        assert await leases.settle(item, settlement)


async def told(engine, endpoint_id) -> list[dict]:
    """The payloads for an endpoint, the oldest first."""
    table = webhook_deliveries.c
    wanted = select(table.body).where(table.endpoint_id == endpoint_id).order_by(table.created_at)
    async with engine.connect() as connection:
        return [orjson.loads(body) for body in (await connection.execute(wanted)).scalars()]


async def test_the_end_of_a_job_is_told_once(engine, leases, account_id, other_account_id):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    foreign = await endpoint_of(engine, other_account_id, COMPLETED)
    job = await created(engine, account_id, 3)
    await end(leases, 2)
    await leases.sweep()
    assert await told(engine, endpoint.id) == []
    await end(leases, 1, FAILED)
    await asyncio.gather(*(leases.sweep() for _ in range(5)))
    await leases.sweep()

    (message,) = await told(engine, endpoint.id)
    assert message["type"] == "batch.completed"
    assert message["data"] == {
        "job_id": str(job.id),
        "items": 3,
        "done": 2,
        "failed": 1,
        **dict.fromkeys(("not_found", "dead", "cancelled", "suppressed"), 0),
    }
    assert await told(engine, foreign.id) == []


async def test_a_job_whose_end_cannot_be_announced_has_not_ended(
    engine, leases, account_id, monkeypatch
):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    job = await created(engine, account_id, 1)
    await end(leases, 1)

    async def fail(*_: object) -> None:
        raise ServiceUnavailable("killed in between")

    with monkeypatch.context() as broken:
        broken.setattr(job_leases, "announce_end", fail)
        with pytest.raises(ServiceUnavailable):
            await leases.sweep()
    assert (await JobRepository(engine).get(account_id, job.id)).finished_at is None
    await leases.sweep()
    assert len(await told(engine, endpoint.id)) == 1


async def test_what_is_tried_again_ends_again(engine, leases, account_id):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    job = await created(engine, account_id, 1)
    await end(leases, 1, FAILED)
    await leases.sweep()
    await JobRepository(engine).retry(account_id, job.id)
    await end(leases, 1)
    await leases.sweep()
    assert [it["data"]["done"] for it in await told(engine, endpoint.id)] == [0, 1]


async def test_h54_a_job_that_is_cancelled_has_ended_once(engine, leases, account_id):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    job = await created(engine, account_id, 3)
    await end(leases, 1)
    for _ in range(2):
        await JobRepository(engine).cancel(account_id, job.id)
    await leases.sweep()
    (message,) = await told(engine, endpoint.id)
    assert (message["data"]["done"], message["data"]["cancelled"]) == (1, 2)


async def test_progress_is_told_by_tenths_and_not_too_often(engine, leases, account_id):
    endpoint = await endpoint_of(engine, account_id, PROGRESS)
    await created(engine, account_id, 20)
    for count in (1, 1, 7):  # less than a tenth, a tenth, and more within the same moment
        await end(leases, count)
        await leases.sweep()
    await run(engine, "UPDATE jobs SET progress_at = progress_at - interval '5 s'")
    for _ in range(2):
        await leases.sweep()
    await run(engine, "UPDATE jobs SET progress_at = progress_at - interval '5 s'")
    await end(leases, 20)
    await leases.sweep()
    assert [it["data"]["ended"] for it in await told(engine, endpoint.id)] == [2, 9]


async def test_jobs_that_nobody_watches_are_not_counted(engine, leases, account_id):
    await endpoint_of(engine, account_id, COMPLETED)
    job = await created(engine, account_id, 2)
    await end(leases, 1)
    await leases.sweep()
    async with engine.connect() as connection:
        wanted = text("SELECT progress FROM jobs WHERE id = :id")
        assert await connection.scalar(wanted, {"id": job.id}) == 0


async def test_a_callback_goes_to_the_jobs_own_url(engine, leases, account_id):
    endpoint_id, _ = await CallbackRepository(engine).add(account_id, uuid4(), b"sealed")
    await created(engine, account_id, 1, callback_url=HOOK)
    await created(engine, account_id, 1)
    await end(leases, 2)
    await leases.sweep()
    (due,) = await claimed(engine, endpoint_id)
    assert (due.url, due.secret) == (HOOK, b"sealed")
    assert [it["type"] for it in await told(engine, endpoint_id)] == ["batch.completed"]


async def test_h68_a_callback_that_is_gone_stops_no_other(engine, leases, account_id):
    callbacks = CallbackRepository(engine)
    endpoint_id, _ = await callbacks.add(account_id, uuid4(), b"sealed")
    for number in range(2):
        await created(engine, account_id, 1, callback_url=f"{HOOK}{number}")
        await end(leases, 1)
        await leases.sweep()
    gone, other = await claimed(engine, endpoint_id)
    failed = settlement(status=410, failure="status", state=DeliveryState.FAILED, is_gone=True)
    deliveries = DeliveryRepository(engine)
    assert await deliveries.settle(gone, failed) is None
    tired = settlement(failure="status", state=DeliveryState.WAITING, pause=timedelta(hours=1))
    await deliveries.settle(other, tired)
    found = await EndpointRepository(engine).get(account_id, endpoint_id)
    assert (found.disabled_at, found.failing_since) == (None, None)
    await created(engine, account_id, 1, callback_url=HOOK)
    await end(leases, 1)
    await leases.sweep()
    assert HOOK in [due.url for due in await claimed(engine, endpoint_id)]


async def claimed(engine, endpoint_id):
    found = await DeliveryRepository(engine).claim(1_000, SHARES, timedelta(seconds=30))
    return [due for due in found if due.endpoint_id == endpoint_id]
