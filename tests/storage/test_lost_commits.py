"""PostgreSQL dies with a commit: it was made and nobody was told, so that all is done once more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.databases import new_account
from tests.storage.job_examples import PRICES, items, rows, without_jobs
from tests.storage.outgoing_examples import endpoint_of
from tests.storage.test_job_events import told
from tests.storage.test_job_leases import LEASE

from roleferry_enrich.domain.batches import ItemState, NewJob, Settlement
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.storage.job_leases import LeaseRepository
from roleferry_enrich.storage.job_tables import jobs
from roleferry_enrich.storage.jobs import JobRepository

DONE = Settlement(state=ItemState.DONE, cost=MicroUsd(30))


class Forgetful:
    """An engine of which each piece of work is committed, and the first commit's answer lost."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.lost = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator:
        async with self.engine.begin() as connection:
            yield connection
        self.lost += 1
        if self.lost == 1:
            raise ConnectionResetError


@pytest.fixture
def forgetful(engine) -> Forgetful:
    return Forgetful(engine)


async def test_h49_a_job_is_one_job(engine, account_id, forgetful):
    job = await JobRepository(forgetful).create(account_id, NewJob(items=items(3)))
    assert forgetful.lost == 2
    count = select(func.count()).where(jobs.c.account_id == account_id)
    async with engine.connect() as connection:
        assert await connection.scalar(count) == 1
    assert len(await rows(engine, job)) == 3


async def test_h49_what_an_item_cost_is_told_once(engine, account_id, forgetful):
    await without_jobs(engine)
    job = await JobRepository(engine).create(account_id, NewJob(items=items(1)))
    (item,) = await LeaseRepository(engine, lease=LEASE).take(1, PRICES)
    await LeaseRepository(forgetful, lease=LEASE).settle(item, DONE)
    assert forgetful.lost == 2
    (row,) = await rows(engine, job)
    assert (row.state, row.cost) == ("done", 30)


async def test_h49_the_end_of_a_job_is_announced_once(engine, forgetful):
    await without_jobs(engine)
    account_id = await new_account(engine)
    endpoint = await endpoint_of(engine, account_id, EventType.BATCH_COMPLETED)
    await JobRepository(engine).create(account_id, NewJob(items=items(1)))
    leases = LeaseRepository(engine, lease=LEASE)
    (item,) = await leases.take(1, PRICES)
    await leases.settle(item, replace(DONE, enrichment_id=uuid4()))
    await LeaseRepository(forgetful, lease=LEASE).sweep()
    assert forgetful.lost == 2
    assert len(await told(engine, endpoint.id)) == 1
