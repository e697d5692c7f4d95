"""Who is told of an enrichment: in its transaction, once, and only who wants to be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as engine_event
from sqlalchemy import func, update
from tests.storage.examples import enrichment, person
from tests.storage.outgoing_examples import endpoint_of
from tests.storage.test_completions import LATER

from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outgoing_webhooks import EndpointChange
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.storage.completions import MOST_TRIES, CompletionRepository
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.endpoints import EndpointRepository
from roleferry_enrich.storage.enrichment_events import EnrichmentAnnouncer, of_enrichment
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.tables import completions

ANSWERED, COMPLETED = EventType.ENRICHMENT_ANSWERED, EventType.ENRICHMENT_COMPLETED


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository(engine, clock) -> EnrichmentRepository:
    repository = EnrichmentRepository(engine)
    repository._announcer = EnrichmentAnnouncer(clock=clock)
    return repository


async def record(repository, given, event) -> None:
    await repository.record(given, [], observations=Observations(), event=event)


async def told(engine, endpoint) -> list[EventType]:
    page = await DeliveryLog(engine).page(endpoint.account_id, endpoint.id)
    return [delivery.event for delivery in page.items]


async def test_a_completion_is_told_once_however_often_it_is_recorded(
    engine, account_id, repository
):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    given = enrichment(account_id)
    for event in (None, ANSWERED, COMPLETED, COMPLETED):
        await record(repository, given, event)

    assert await told(engine, endpoint) == [COMPLETED]


async def test_every_answer_is_told_to_who_asked_for_that(engine, account_id, repository):
    endpoint = await endpoint_of(engine, account_id, ANSWERED)
    for _ in range(2):
        await record(repository, enrichment(account_id), ANSWERED)

    assert await told(engine, endpoint) == [ANSWERED, ANSWERED]


async def test_who_asks_for_every_answer_has_them_a_few_seconds_later(
    engine, account_id, repository, clock
):
    await record(repository, enrichment(account_id), ANSWERED)
    endpoint = await endpoint_of(engine, account_id, ANSWERED)
    await record(repository, enrichment(account_id), ANSWERED)
    clock.now += 5
    await record(repository, enrichment(account_id), ANSWERED)

    assert await told(engine, endpoint) == [ANSWERED]
    disabled = EndpointChange(enabled=False)
    await EndpointRepository(engine).change(account_id, endpoint.id, disabled)
    await record(repository, enrichment(account_id), ANSWERED)
    assert await told(engine, endpoint) == [ANSWERED]


async def test_an_answer_that_nobody_wants_to_be_told_of_costs_no_statement(
    engine, account_id, repository
):
    await record(repository, enrichment(account_id), ANSWERED)
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        statements.append(statement)

    engine_event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        await record(repository, enrichment(account_id), ANSWERED)
    finally:
        engine_event.remove(engine.sync_engine, "before_cursor_execute", note)

    assert statements
    assert not any("webhook" in statement for statement in statements)


async def test_what_cannot_be_recorded_is_told_to_nobody(engine, account_id, repository):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    with pytest.raises(ValueError, match="invented"):
        await record(repository, replace(enrichment(account_id), sample=True), COMPLETED)

    assert await told(engine, endpoint) == []


async def test_no_personal_data_is_in_the_payload(account_id):
    given = replace(enrichment(account_id), person=person("Ada Lovelace", "ada@acme.test"))
    event = of_enrichment(COMPLETED, given)

    assert set(event.data) == {
        *("enrichment_id", "goal", "status", "contact_id", "company_id", "executives"),
    }
    assert "Ada" not in str(event.data)
    assert "acme" not in str(event.data)


@pytest.mark.parametrize("by_settling", [True, False])
async def test_an_answer_that_never_came_ends_it_too(engine, account_id, repository, by_settling):
    endpoint = await endpoint_of(engine, account_id, COMPLETED)
    given = enrichment(account_id, outcomes=(LATER,))
    await record(repository, given, ANSWERED)
    past = func.clock_timestamp() - timedelta(seconds=1)
    mine = completions.c.enrichment_id == given.id
    async with engine.begin() as connection:
        statement = update(completions).where(mine).values(tries=MOST_TRIES, due_at=past)
        await connection.execute(statement)
    owed = CompletionRepository(engine)

    await (owed.settle(given) if by_settling else owed.claim(100))

    assert await told(engine, endpoint) == [COMPLETED]
