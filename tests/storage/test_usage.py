"""What an account used, and who is told when much of what it may use is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select
from tests.storage.examples import NOW, call, enrichment, observations, person, report
from tests.storage.outgoing_examples import endpoint_of

from roleferry_enrich.domain.credits import AccountPlan, Bill, Caps
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.usage import By
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import BudgetSpent, InvalidQuery
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.reservations import Reservations
from roleferry_enrich.storage.spending import CountedSpending
from roleferry_enrich.storage.usage import UsageRepository
from roleferry_enrich.storage.wire import Wire

DAY = timedelta(days=1)


@pytest.fixture
async def wire(database_url):
    wire = Wire(database_url)
    yield wire
    await wire.close()


def bill_of(given, key_id="k1", *, is_cached=False, **parts) -> Bill:
    return Bill(
        charge_id=given.id,
        key_id=key_id,
        is_metered=bool(parts),
        is_final=True,
        is_owed=False,
        fields=("full_name", "phone"),
        is_cached=is_cached,
        parts=parts,
    )


async def test_usage_adds_up_by_day_provider_field_and_key(engine, wire, account_id) -> None:
    credits, enrichments = CreditRepository(engine), EnrichmentRepository(engine)
    await credits.grant(account_id, 100)
    conversation = uuid4()
    today = datetime.now(UTC)
    lately = today - 5 * DAY
    given = enrichment(
        account_id, person=person("Ada Lovelace", "ada@engines.test"), started_at=lately
    )
    await Reservations(wire).take(account_id, given.id, 9, "k1")
    paid = replace(call(conversation, cost=20_000), sent_at=lately)
    asked = report(observations(conversation), conversation, paid)
    for _ in range(2):  # recorded again, it counts once
        await enrichments.record(
            given, [asked], observations=Observations(), bill=bill_of(given, enrichment=1, phone=5)
        )
    known = enrichment(account_id, id=uuid4(), started_at=lately + DAY)
    await enrichments.record(
        known, [], observations=Observations(), bill=bill_of(known, None, is_cached=True)
    )

    usage = await UsageRepository(engine, caps=Caps(), credit_value=MicroUsd(10_000)).report(
        account_id, lately.date(), today.date() + DAY
    )

    days = {line.value: (line.enrichments, line.cached, line.cost) for line in usage.of(By.DAY)}
    assert days[lately.date().isoformat()] == (1, 0, 20_000)
    assert days[(lately + DAY).date().isoformat()] == (1, 1, 0)
    total = usage.total()
    assert (total.enrichments, total.cached, total.calls) == (2, 1, 1)
    assert (total.cost, total.credits) == (20_000, 6)
    assert (usage.revenue(total), usage.margin(total)) == (60_000, 40_000)
    assert [(line.value, line.cost) for line in usage.of(By.PROVIDER)] == [("acme", 20_000)]
    fields = {line.value: (line.enrichments, line.credits) for line in usage.of(By.FIELD)}
    assert fields == {"enrichment": (0, 1), "full_name": (2, 0), "phone": (2, 5)}
    keys = {line.value: (line.enrichments, line.cost, line.credits) for line in usage.of(By.KEY)}
    assert keys == {"k1": (1, 20_000, 6), None: (1, 0, 0)}


async def test_days_outside_are_not_told(engine, account_id) -> None:
    given = enrichment(account_id)
    await EnrichmentRepository(engine).record(
        given, [], observations=Observations(), bill=bill_of(given)
    )
    usage = UsageRepository(engine, caps=Caps())
    before = await usage.report(account_id, NOW.date() - DAY, NOW.date() - DAY)
    assert before.lines == ()
    assert before.margin(before.total()) is None
    assert (await usage.report(account_id, NOW.date(), NOW.date())).total().enrichments == 1


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2026, 3, 2), date(2026, 3, 1)), (date(2020, 1, 1), date(2026, 3, 1))],
)
async def test_days_that_cannot_be_are_refused(engine, account_id, since, until) -> None:
    with pytest.raises(InvalidQuery) as refused:
        await UsageRepository(engine, caps=Caps()).report(account_id, since, until)
    assert [fault.field for fault in refused.value.faults] == ["since"]


@pytest.mark.parametrize("until", [date.min, date.max, None])
async def test_the_ends_of_the_calendar_are_days_too(engine, account_id, until) -> None:
    usage = await UsageRepository(engine, caps=Caps()).report(account_id, None, until)
    assert usage.until - usage.since == timedelta(days=29) or usage.since == date.min


async def test_a_completion_keeps_the_key_that_asked(engine, account_id) -> None:
    given = enrichment(account_id)
    for key_id in ("k1", None):
        await EnrichmentRepository(engine).record(
            given, [], observations=Observations(), bill=bill_of(given, key_id)
        )
    usage = await UsageRepository(engine, caps=Caps()).report(account_id, NOW.date(), NOW.date())
    assert [line.value for line in usage.of(By.KEY)] == ["k1"]


async def told(engine, endpoint) -> list[tuple[str, int]]:
    table = webhook_deliveries.c
    bodies = select(table.body).where(table.endpoint_id == endpoint.id)
    async with engine.connect() as connection:
        found = [orjson.loads(body)["data"] for body in (await connection.scalars(bodies))]
    return sorted((each["limit"], each["percent"]) for each in found)


async def test_credits_are_warned_of_once_a_grant(engine, wire, account_id) -> None:
    credits, usage = CreditRepository(engine), UsageRepository(engine, caps=Caps())
    endpoint = await endpoint_of(engine, account_id, EventType.USAGE_THRESHOLD)

    async def used(count: int) -> list[tuple[str, int]]:
        given = enrichment(account_id, id=uuid4())
        if (await Reservations(wire).take(account_id, given.id, count, "k1")).is_granted:
            await credits.settle(account_id, bill_of(given, enrichment=count))
        for _ in range(2):
            await usage.alert()
        return await told(engine, endpoint)

    await credits.grant(account_id, 10)
    assert await used(4) == []
    assert await used(1) == [("credits", 50)]
    assert await used(4) == [("credits", 50), ("credits", 80)]
    assert await used(2) == [("credits", 50), ("credits", 80), ("credits", 100)]
    await credits.grant(account_id, 9)
    assert len(await used(4)) == 3
    assert (await used(3))[:2] == [("credits", 50), ("credits", 50)]


async def test_spending_is_warned_of_once_a_day_and_a_month(engine, wire, account_id) -> None:
    plans = Plans(engine, AccountPlan())
    await plans.change(account_id, {"cap_day": 100})
    spending = CountedSpending(wire, plans)
    usage = UsageRepository(engine, caps=Caps(month=MicroUsd(1_000)))
    endpoint = await endpoint_of(engine, account_id, EventType.USAGE_THRESHOLD)

    await spending.hold(account_id, MicroUsd(85))
    for _ in range(2):
        await usage.alert()
    day = [("spending_day", 50), ("spending_day", 80)]
    assert await told(engine, endpoint) == day
    with pytest.raises(BudgetSpent):
        await spending.hold(account_id, MicroUsd(20))
    await usage.alert()
    assert await told(engine, endpoint) == sorted([*day, ("spending_day", 100)])
    await plans.change(account_id, {"cap_month": 100})
    await usage.alert()
    assert ("spending_month", 80) in await told(engine, endpoint)
