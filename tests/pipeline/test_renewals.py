"""What a fan-out makes of answers that are renewed behind it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from tests.acme import Acme
from tests.suppressed import held
from tests.watcher import Watcher

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import (
    Absent,
    CacheLevel,
    CallRecord,
    Found,
    Outcome,
    OutcomeKind,
    Report,
    Troubled,
)
from roleferry_enrich.domain.people import EmailClaim, EmailKind, PersonClaim
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Renewal, Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.providers.contract import Offer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ORLA = Email("orla@quillmere.test")
REQUEST = Request(goal=Goal.PERSON, keys=Keys(email=ORLA))


def found(conversation: UUID, title: str) -> Found:
    said = Provenance(
        provider="acme",
        capability="find_person",
        origin="acme",
        conversation=conversation,
        observed_at=NOW,
    )
    mailbox = EmailClaim(address=ORLA, kind=EmailKind.BUSINESS)
    claim = PersonClaim(full_name="Orla Fenwick", title=title, emails=(mailbox,))
    return Found(Observations(people=(Observation(claim, said),)))


def report(conversation: UUID, outcome: Outcome, **more: object) -> Report:
    return Report(
        conversation=conversation,
        provider="acme",
        capability="find_person",
        outcome=outcome,
        latency=timedelta(0),
        **more,
    )


def call(conversation: UUID) -> CallRecord:
    return CallRecord(
        id=uuid4(),
        conversation=conversation,
        provider="acme",
        capability="find_person",
        attempt=1,
        status=200,
        outcome=OutcomeKind.FOUND,
        cost=MicroUsd(10_000),
        sent_at=NOW,
        latency=timedelta(0),
        permit_wait=timedelta(0),
    )


class PeopleOnly(Acme):
    def offers(self) -> Iterator[Offer]:
        return (offer for offer in super().offers() if offer.capability == "find_person")


@dataclass
class StaleGateway:
    """Serves an old answer, and a newer one once it is let."""

    served: Report
    renewed: Report | Exception
    let: asyncio.Event = field(default_factory=asyncio.Event)
    gates: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(watch=Watcher()))
    channels = {"acme": Channel(provider=PeopleOnly(), key=Credential("test-key-acme"))}  # noqa: RUF012

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        task = asyncio.create_task(self._renew())
        terms.renewals.append(Renewal(ask=ask, served=self.served.conversation, report=task))
        return self.served

    async def _renew(self) -> Report:
        await self.let.wait()
        if isinstance(self.renewed, Exception):
            raise self.renewed
        return self.renewed


OLD, NEW = uuid4(), uuid4()
STALE = report(OLD, found(OLD, "CFO"), cached=CacheLevel.REDIS, stale=True, age=timedelta(days=8))


async def run(renewed: Report | Exception) -> tuple[FanOut, bool]:
    gateway = StaleGateway(STALE, renewed)
    loop = asyncio.get_running_loop()
    fanout = FanOut(
        Screening(gateway, held()), REQUEST, Terms(deadline=loop.time() + 5, purse=Purse(None))
    )
    await fanout.run_until(loop.time() + 5)
    assert [each.stale for each in fanout.reports] == [True]
    was_finished = fanout.is_finished
    gateway.let.set()
    await fanout.run_late()
    return fanout, was_finished


def titles(observations: Observations) -> list[str | None]:
    return [person.claim.title for person in observations.people]


async def test_a_renewal_is_not_waited_for_and_then_takes_the_old_answers_place() -> None:
    newer = report(NEW, found(NEW, "CEO"), calls=(call(NEW),))
    fanout, was_finished = await run(newer)

    assert (was_finished, fanout.is_finished) == (False, True)
    assert [(each.stale, each.cost) for each in fanout.reports] == [(False, 10_000)]
    assert titles(fanout.accepted) == titles(fanout.everything) == ["CEO"]


async def test_what_is_no_longer_known_is_no_longer_told() -> None:
    fanout, _ = await run(report(NEW, Absent()))

    assert [each.outcome for each in fanout.reports] == [Absent()]
    assert fanout.accepted == Observations()


async def test_a_renewal_that_fails_leaves_the_old_answer_and_is_booked() -> None:
    failed = report(NEW, Troubled(OutcomeKind.TIMED_OUT, "no reply"), calls=(call(NEW),))
    fanout, _ = await run(failed)

    assert [(each.stale, each.cost) for each in fanout.reports] == [(True, 10_000)]
    assert titles(fanout.accepted) == ["CFO"]


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), KeyError("a bug")])
async def test_a_fault_in_the_adapter_leaves_the_old_answer(fault: Exception) -> None:
    fanout, _ = await run(fault)

    assert [each.stale for each in fanout.reports] == [True]
    assert titles(fanout.accepted) == ["CFO"]
