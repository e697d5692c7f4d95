"""Plans of accounts: in memory, read again behind the requests."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import event as engine_event
from sqlalchemy import text
from tests.polling import becomes

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.credits import AccountPlan, Caps, Prices
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import NotFound
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.plans import Plans

SET = AccountPlan(prices=Prices(enrichment=2, fields={"phone": 5}), caps=Caps(day=MicroUsd(9)))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_what_an_account_has_not_changed_is_as_the_settings_say(engine, account_id) -> None:
    plans = Plans(engine, SET)
    assert await plans.of(account_id) == SET
    await plans.change(account_id, {"enrichment_price": 0, "cap_day": 5})
    plan = await plans.of(account_id)
    assert (plan.prices.enrichment, plan.prices.fields) == (0, {"phone": 5})
    assert (plan.caps.day, plan.caps.month, plan.is_metered) == (5, None, False)
    await plans.change(account_id, {"enrichment_price": None, "field_prices": {"title": 1}})
    plan = await plans.of(account_id)
    assert (plan.prices.enrichment, plan.prices.fields) == (2, {"title": 1})


async def test_another_process_hears_of_a_change_while_nobody_waits(engine, account_id) -> None:
    clock = Clock()
    plans = Plans(engine, SET, clock=clock)
    assert not (await plans.of(account_id)).is_metered
    await CreditRepository(engine).grant(account_id, 10)
    assert not (await plans.of(account_id)).is_metered
    clock.now += 5

    async def is_metered() -> bool:
        return (await plans.of(account_id)).is_metered

    await becomes(is_metered)


async def test_who_comes_after_a_pause_hears_of_a_change_at_once(engine, account_id) -> None:
    clock = Clock()
    plans = Plans(engine, SET, clock=clock)
    await plans.of(account_id)
    await CreditRepository(engine).grant(account_id, 10)
    clock.now += 60
    assert (await plans.of(account_id)).is_metered


async def test_who_grants_before_a_job_is_sent_is_heard_of_before_it_begins(
    engine, account_id
) -> None:
    plans = Plans(engine, SET, clock=Clock())
    assert not (await plans.of(account_id)).is_metered
    await CreditRepository(engine).grant(account_id, 10)
    await plans.as_of(await _now(engine))
    assert (await plans.of(account_id)).is_metered


async def test_what_is_known_of_a_moment_is_not_read_again(engine) -> None:
    plans, statements = Plans(engine, SET, clock=Clock()), []
    moment = await _now(engine)
    await plans.as_of(moment)
    engine_event.listen(
        engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    await plans.as_of(moment)
    assert statements == []


async def _now(engine) -> datetime:
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()


async def test_what_one_account_reads_are_the_plans_of_all(engine, account_id) -> None:
    await Plans(engine, SET).change(account_id, {"cap_day": 5})
    plans = Plans(engine, SET)
    with acting_for(uuid4()):
        await plans.of(uuid4())
    assert (await plans.of(account_id)).caps.day == 5


async def test_plans_in_memory_cost_no_statement(engine, account_id) -> None:
    plans, statements = Plans(engine, SET, clock=Clock()), []
    await plans.of(account_id)
    engine_event.listen(
        engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    for _ in range(50):
        await plans.of(uuid4())
    assert statements == []


async def test_there_is_no_plan_without_an_account(engine) -> None:
    with pytest.raises(NotFound):
        await Plans(engine, SET).change(uuid4(), {"cap_day": 5})
