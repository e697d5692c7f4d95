"""The main path in time: answered before the deadline, and completed behind it under one id."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.acme import Acme
from tests.suppressed import held

from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request, Status
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import Found, Report
from roleferry_enrich.domain.people import EmailClaim, EmailKind, PersonClaim
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.progress import Result
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.screening import Screening

EMAIL = Email("orla.fenwick@quillmere.test")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class SlowGateway:
    """One provider, which answers when it is told to."""

    def __init__(self) -> None:
        self.channels = {"acme": Channel(provider=Acme(), key=Credential("test-key-acme"))}
        self.asked, self.answer = asyncio.Event(), asyncio.Event()
        self.asked_until: float | None = None

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        if self.asked_until is None:
            self.asked_until = terms.deadline
        self.asked.set()
        await self.answer.wait()
        mailbox = EmailClaim(address=EMAIL, kind=EmailKind.BUSINESS)
        claim = PersonClaim(full_name="Orla Fenwick", emails=(mailbox,))
        conversation = uuid4()
        where = Provenance(
            provider=ask.provider,
            capability=ask.capability,
            origin=ask.provider,
            conversation=conversation,
            observed_at=NOW,
        )
        return Report(
            conversation=conversation,
            provider=ask.provider,
            capability=ask.capability,
            outcome=Found(Observations(people=(Observation(claim, where),))),
            latency=timedelta(0),
        )


class Kept:
    """Records in memory, and hears of answers."""

    def __init__(self) -> None:
        self.versions: list[Enrichment] = []
        self.reports: list[tuple[Report, ...]] = []
        self.answers: list[UUID] = []
        self.events: list[EventType | None] = []

    async def record(
        self,
        enrichment: Enrichment,
        reports: tuple[Report, ...],
        observations: Observations,
        *,
        within: timedelta | None = None,
        event: EventType | None = None,
        bill: Bill,
        alongside: object = None,
    ) -> Enrichment:
        self.events.append(event)
        self.versions.append(enrichment)
        self.reports.append(reports)
        return enrichment

    store = record

    def answered(self, enrichment: Enrichment) -> None:
        self.answers.append(enrichment.id)


def enricher(gateway: SlowGateway, kept: Kept) -> Enricher:
    return Enricher(
        gateway=Screening(gateway, held()),
        recall=Recall(gateway),
        records=kept,
        background=Background(),
        onlooker=kept,
        sample=lambda _: Result(),
        now=lambda: NOW,
    )


def request(milliseconds: int) -> Request:
    options = Options(deadline=timedelta(milliseconds=milliseconds))
    return Request(goal=Goal.PERSON, keys=Keys(email=EMAIL), options=options)


@pytest.mark.parametrize(("deadline", "for_asking"), [(200, 0.18), (2000, 1.9), (10_000, 9.9)])
async def test_time_is_kept_back_for_merging_and_recording(deadline, for_asking):
    gateway = SlowGateway()
    gateway.answer.set()

    came_at = asyncio.get_running_loop().time()
    await enricher(gateway, Kept()).enrich(request(deadline), uuid4(), came_at)

    assert gateway.asked_until == pytest.approx(came_at + for_asking)


async def test_what_comes_late_is_recorded_under_the_same_id():
    gateway, kept = SlowGateway(), Kept()
    service = enricher(gateway, kept)

    answered = await service.enrich(request(100), uuid4())
    gateway.answer.set()
    await service.background.drain(5)

    first, fuller = kept.versions
    assert answered == first
    assert first.status is Status.PARTIAL
    assert first.person is None
    assert fuller.id == first.id
    assert fuller.person is not None
    assert kept.answers == [first.id]
    assert kept.events == [None, EventType.ENRICHMENT_COMPLETED]


async def test_what_was_not_said_is_no_conversation_however_often_it_is_recorded():
    gateway, kept = SlowGateway(), Kept()
    gateway.channels["unset"] = Channel(provider=Acme())
    service = enricher(gateway, kept)

    await service.enrich(request(100), uuid4())
    gateway.answer.set()
    await service.background.drain(5)

    assert [[report.outcome.kind for report in each] for each in kept.reports] == [[], ["found"]]
    assert all(len(version.outcomes) > 1 for version in kept.versions)


async def test_a_caller_that_goes_away_stops_nothing():
    gateway, kept = SlowGateway(), Kept()
    service = enricher(gateway, kept)

    caller = asyncio.create_task(service.enrich(request(10_000), uuid4()))
    await gateway.asked.wait()
    caller.cancel()
    gateway.answer.set()
    await service.background.drain(5)

    assert kept.versions[-1].person is not None


async def test_who_finds_no_way_in_is_told_whom_nobody_asked_and_recorded_later():
    gateway, kept = SlowGateway(), Kept()
    service = enricher(gateway, kept)
    while await service.door.enter(timedelta(milliseconds=100), timedelta(0)):
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    answered = await service.enrich(request(100), uuid4())
    assert not kept.versions
    service.door.leave()
    await service.background.drain(5)

    assert answered.status is Status.PARTIAL
    assert {outcome.reason for outcome in answered.outcomes} >= {"overloaded"}
    assert not gateway.asked.is_set()
    assert [version.id for version in kept.versions] == kept.answers == [answered.id]
    assert kept.events == [EventType.ENRICHMENT_ANSWERED]


async def test_the_deadline_counts_from_when_the_request_came():
    gateway = SlowGateway()
    gateway.answer.set()
    came_at = asyncio.get_running_loop().time() - 0.5

    await enricher(gateway, Kept()).enrich(request(2000), uuid4(), came_at)

    assert gateway.asked_until == pytest.approx(came_at + 1.9)
