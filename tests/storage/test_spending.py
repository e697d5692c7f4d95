"""Spending counted against caps, in PostgreSQL: no number of processes passes one together."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select
from tests.polling import becomes

from roleferry_enrich.domain.credits import AccountPlan, Caps
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import BooksUnavailable, BudgetSpent, CapReached
from roleferry_enrich.storage.credit_tables import spending as counted
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.spending import CountedSpending
from roleferry_enrich.storage.tables import provider_calls
from roleferry_enrich.storage.wire import Wire

PRICE = MicroUsd(10_000)


@pytest.fixture
async def processes(database_url, engine):
    plans = Plans(engine, AccountPlan())
    opened = [CountedSpending(Wire(database_url, is_durable=False), plans) for _ in range(3)]
    yield opened, plans
    for each in opened:
        await each.close()


async def capped(processes, account_id, **caps) -> list[CountedSpending]:
    opened, plans = processes
    await plans.change(account_id, caps)
    return opened


async def spent(engine, account_id) -> int:
    async with engine.connect() as connection:
        total = select(func.sum(counted.c.spent)).where(counted.c.account_id == account_id)
        return int(await connection.scalar(total) or 0)


def call(account_id, cost: int, sent_at: datetime) -> dict[str, object]:
    return {
        "account_id": account_id,
        "id": uuid4(),
        "enrichment_id": uuid4(),
        "conversation": uuid4(),
        "provider": "acme",
        "capability": "find_person",
        "attempt": 1,
        "outcome": "found",
        "cost": cost,
        "sent_at": sent_at,
        "latency": timedelta(0),
        "permit_wait": timedelta(0),
    }


async def test_no_number_of_processes_passes_a_cap_together(processes, engine, account_id) -> None:
    opened = await capped(processes, account_id, cap_day=10 * PRICE, cap_month=50 * PRICE)

    async def made(number: int) -> bool:
        try:
            return await opened[number % 3].hold(account_id, PRICE) is not None
        except BudgetSpent:
            return False

    assert sum(await asyncio.gather(*(made(number) for number in range(40)))) == 10
    assert await spent(engine, account_id) == 10 * PRICE


async def test_a_call_that_cost_less_leaves_room_for_another(processes, engine, account_id) -> None:
    one, other, _ = await capped(processes, account_id, cap_day=PRICE)
    held = await one.hold(account_id, PRICE)
    with pytest.raises(BudgetSpent):
        await other.hold(account_id, PRICE)
    held.settle(MicroUsd(0))
    held.settle(MicroUsd(0))

    async def is_free() -> bool:
        return await spent(engine, account_id) == 0

    await becomes(is_free)
    assert await other.hold(account_id, PRICE)


async def test_counting_begins_with_what_the_books_say(processes, engine, account_id) -> None:
    now = datetime.now(UTC)
    before = now.replace(day=1, hour=0, minute=0) - timedelta(hours=1)
    rows = [call(account_id, cost, at) for cost, at in ((7 * PRICE, now), (90 * PRICE, before))]
    async with engine.begin() as connection:
        await connection.execute(insert(provider_calls), rows)
    one, *_ = await capped(processes, account_id, cap_month=8 * PRICE)
    caps = Caps(month=MicroUsd(8 * PRICE))
    await one.check(account_id, caps, PRICE)
    assert await one.hold(account_id, PRICE)
    with pytest.raises(CapReached, match=r"in a month, 0\.08 US dollars"):
        await one.check(account_id, caps, PRICE)


async def test_the_cap_of_the_day_is_named(processes, account_id) -> None:
    one, *_ = await capped(processes, account_id, cap_day=PRICE - 1, cap_month=9 * PRICE)
    with pytest.raises(CapReached, match="in a day"):
        await one.check(account_id, Caps(day=MicroUsd(PRICE - 1)), PRICE)


async def test_nothing_is_counted_for_who_has_no_cap(processes, engine, account_id) -> None:
    opened, _ = processes
    assert await opened[0].hold(account_id, PRICE) is None
    assert await spent(engine, account_id) == 0


async def test_what_cannot_be_counted_is_not_bought(engine, account_id) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:9/none"
    plans = Plans(engine, AccountPlan(caps=Caps(day=PRICE)))
    spending = CountedSpending(Wire(nowhere), plans)
    with pytest.raises(BooksUnavailable):
        await spending.hold(account_id, PRICE)
    unread = CountedSpending(Wire(nowhere), Plans(create_engine(nowhere), AccountPlan()))
    with pytest.raises(BooksUnavailable):
        await unread.hold(account_id, PRICE)
