"""A list in time: asked side by side, answered at the deadline, gone on with behind it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.pipeline.scripted import ACCOUNT, NOW, PRICE, TROUBLE, Script, offer

from roleferry_enrich.domain.enrichments import Options, Strategy
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import Absent, Found, OptedOut, Skipped, Waiting
from roleferry_enrich.domain.people import Deliverability, EmailVerdict
from roleferry_enrich.domain.verification import (
    CheckedEmail,
    MailStatus,
    Verification,
    VerificationRequest,
)
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.pipeline import verification
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.verification import MANY, Verifier
from roleferry_enrich.pipeline.verifiers import plan_of

ORLA, BO = Email("orla@quillmere.test"), Email("bo@quillmere.test")
CHEAP, DEAR = (
    offer("cheap.verify_email", "email", credits=1),
    offer("dear.verify_email", "email", credits=2),
)


@dataclass
class Objections:
    noted: list[Email] = field(default_factory=list)
    away: bool = False

    async def among(self, account_id: UUID, emails: Sequence[Email]) -> set[Email]:
        if self.away:
            raise ServiceUnavailable("the database is away")
        return set(emails) & set(self.noted)

    async def note(self, account_id: UUID, emails: Sequence[Email]) -> None:
        self.noted += emails


@dataclass
class House:
    script: Script
    objections: Objections = field(default_factory=Objections)
    background: Background = field(default_factory=Background)
    seen: list[Verification] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verifier = Verifier(
            self.script, self.objections, self.script.held, self.background, self, lambda: NOW
        )

    def verified(self, verification: Verification) -> None:
        self.seen.append(verification)


@pytest.fixture
def house() -> House:
    return House(Script(CHEAP, DEAR, offer("cheap.find_person", "email", credits=1)))


def said(state: Deliverability = Deliverability.VALID, provider: str = "cheap") -> Found:
    where = Provenance(
        provider=provider,
        capability="verify_email",
        origin=provider,
        conversation=uuid4(),
        observed_at=NOW,
    )
    verdict = EmailVerdict(address=ORLA, deliverability=state)
    return Found(Observations(verdicts=(Observation(verdict, where),)))


def request(*emails: Email | None, **options) -> VerificationRequest:
    standard = {"strategy": Strategy.WATERFALL, "deadline": timedelta(milliseconds=200)}
    return VerificationRequest(emails=emails or (ORLA,), options=Options(**standard | options))


async def checked(house: House, **options) -> CheckedEmail:
    answer = await house.verifier.verify(request(**options), ACCOUNT)
    return answer.checked[ORLA]


async def test_the_cheapest_is_asked_and_nobody_beside(house):
    house.script.answer("cheap.verify_email", said())
    answer = await house.verifier.verify(request(ORLA, None, BO, ORLA), ACCOUNT)

    assert house.script.names == ["cheap.verify_email"] * 2
    assert set(answer.checked) == {ORLA, BO}
    assert answer.checked[ORLA].judgement.status is MailStatus.VALID
    assert (answer.cost, answer.held) == (2 * PRICE, 0)
    assert house.seen == [answer]
    assert [(one.provider, one.reason) for one in answer.unasked] == [("dear", "not_needed")]


@pytest.mark.parametrize("failed", [TROUBLE, Skipped("breaker_open")])
async def test_the_next_steps_in_for_one_that_cannot_answer(house, failed):
    house.script.answer("cheap.verify_email", failed)
    house.script.answer("dear.verify_email", said(provider="dear"))

    found = await checked(house)

    assert found.judgement.status is MailStatus.VALID
    assert found.judgement.reasons == ()


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (said(Deliverability.UNKNOWN), "undecided"),
        (Absent(), "undecided"),
        (Waiting(timedelta(seconds=9), "job"), "pending"),
    ],
)
async def test_who_has_looked_is_not_paid_beside(house, outcome, reason):
    house.script.answer("cheap.verify_email", outcome)

    found = await checked(house)

    assert house.script.names == ["cheap.verify_email"]
    assert (found.judgement.status, found.judgement.reasons) == (MailStatus.UNKNOWN, (reason,))


@pytest.fixture
def free() -> House:
    """With somebody who is asked for nothing."""
    return House(Script(offer("own.verify_email", "email"), CHEAP, DEAR))


async def test_what_is_free_is_asked_first_and_spares_the_rest(free):
    free.script.answer("own.verify_email", said(Deliverability.INVALID, "own"))

    found = await checked(free)

    assert free.script.names == ["own.verify_email"]
    assert (found.judgement.status, found.cost) == (MailStatus.INVALID, 0)


@pytest.mark.parametrize("outcome", [Absent(), TROUBLE, said(Deliverability.UNKNOWN, "own")])
async def test_what_is_free_and_tells_nothing_ends_nothing(free, outcome):
    free.script.answer("own.verify_email", outcome)
    free.script.answer("cheap.verify_email", said())

    found = await checked(free)

    assert free.script.names == ["own.verify_email", "cheap.verify_email"]
    assert (found.judgement.status, found.judgement.reasons) == (MailStatus.VALID, ())


async def test_who_objected_to_us_is_told_to_nobody(free):
    free.script.answer("own.verify_email", OptedOut())

    assert (await checked(free)).judgement.reasons == ("opted_out",)
    assert free.script.names == ["own.verify_email"]


def test_a_plan_names_what_is_free_beside_the_cheapest(free):
    plan = plan_of(request(), free.script.channels)

    assert [(one.provider, one.cost.expected) for one in plan.checks] == [
        *(("own", 0), ("cheap", PRICE // 2), ("dear", 0))
    ]


async def test_why_nobody_could_say_is_told_of_each(house):
    house.script.answer("cheap.verify_email", TROUBLE)
    house.script.answer("dear.verify_email", Skipped("budget_spent"))

    assert (await checked(house)).judgement.reasons == ("failed", "budget_spent")


async def test_in_parallel_all_are_asked_and_weighed(house):
    house.script.answer("cheap.verify_email", said())
    house.script.answer("dear.verify_email", said(Deliverability.INVALID, "dear"))

    found = await checked(house, strategy=Strategy.PARALLEL)

    assert found.judgement.status is MailStatus.INVALID
    assert found.judgement.reasons == ("verifiers_disagree",)
    assert found.cost == 3 * PRICE


async def test_in_parallel_what_one_has_said_is_told_while_the_other_is_awaited(house):
    house.script.answer("cheap.verify_email", said())

    found = await checked(house, strategy=Strategy.PARALLEL)

    assert (found.judgement.status, found.awaited) == (MailStatus.VALID, ("dear",))
    assert found.judgement.reasons == ("pending",)
    house.script.answer("dear.verify_email", said(provider="dear"))
    await house.background.drain(5)


async def test_what_is_late_is_named_awaited_and_its_money_told(house):
    answer = await house.verifier.verify(request(), ACCOUNT)

    found = answer.checked[ORLA]
    assert (found.judgement.status, found.judgement.reasons) == (MailStatus.UNKNOWN, ("pending",))
    assert (answer.cost, answer.held) == (0, PRICE)
    house.script.answer("cheap.verify_email", TROUBLE)
    await house.background.drain(5)
    assert house.script.names == ["cheap.verify_email"], "nobody else is begun after the answer"


async def test_a_caller_that_goes_away_stops_nothing(house):
    caller = asyncio.create_task(
        house.verifier.verify(request(deadline=timedelta(seconds=9)), ACCOUNT)
    )
    await house.script.until_asked("cheap.verify_email")
    caller.cancel()
    house.script.answer("cheap.verify_email", OptedOut())
    await house.background.drain(5)

    assert house.objections.noted == [ORLA]


async def test_who_objected_is_told_from_nobodys_words_and_not_asked_about_again(house):
    house.script.answer("cheap.verify_email", OptedOut())
    house.script.answer("dear.verify_email", said(provider="dear"))

    first = await checked(house, strategy=Strategy.PARALLEL)
    await house.background.drain(5)
    again = await checked(house)

    assert first.judgement.reasons == again.judgement.reasons == ("opted_out",)
    assert first.verdicts == again.verdicts == ()
    assert len(house.script.asked) == 2


async def test_where_it_is_not_known_who_objected_nobody_is_asked_about(house):
    house.objections.away = True

    with pytest.raises(ServiceUnavailable):
        await house.verifier.verify(request(), ACCOUNT)
    assert house.script.asked == []


async def test_a_list_has_time_for_a_job_and_gives_way_to_who_waits(house):
    house.script.answer("cheap.verify_email", said())
    many = tuple(Email(f"n{n}@quillmere.test") for n in range(MANY))
    few = many[1:]

    await house.verifier.verify(request(*few), ACCOUNT)
    await house.verifier.verify(request(*many), ACCOUNT)

    short, long = house.script.terms[0], house.script.terms[-1]
    assert (short.priority, long.priority) == (Priority.INTERACTIVE, Priority.BATCH)
    assert long.deadline - short.deadline > 60
    assert short.payer.account_id == ACCOUNT


async def test_one_purse_and_one_payer_for_the_whole_list(house):
    house.script.answer("cheap.verify_email", said())

    answer = await house.verifier.verify(request(ORLA, BO, max_cost=MicroUsd(3 * PRICE)), ACCOUNT)

    assert len({id(terms.purse) for terms in house.script.terms}) == 1
    assert {terms.payer.enrichment_id for terms in house.script.terms} == {answer.id}


async def test_more_than_a_process_can_hold_is_refused_and_room_comes_back(house, monkeypatch):
    monkeypatch.setattr(verification, "_AT_ONCE", 1)
    assert (await house.verifier.verify(request(), ACCOUNT)).held
    with pytest.raises(ServiceUnavailable):
        await house.verifier.verify(request(BO), ACCOUNT)

    house.script.answer("cheap.verify_email", said())
    await house.background.drain(5)
    assert (await house.verifier.verify(request(BO), ACCOUNT)).checked[BO].verdicts


async def test_whom_nobody_may_ask_is_told_so(house):
    house.script.channels.pop("cheap")
    answer = await house.verifier.verify(request(include=frozenset({"another"})), ACCOUNT)

    assert answer.checked[ORLA].judgement.reasons == ("no_verifier",)
    assert [(one.provider, one.reason) for one in answer.unasked] == [("dear", "excluded")]


async def test_a_list_without_an_address_asks_nobody(house):
    answer = await house.verifier.verify(request(None, None), ACCOUNT)

    assert answer.checked == {}
    assert house.script.asked == []


@pytest.mark.parametrize(
    ("strategy", "cap", "expected", "most"),
    [
        (Strategy.WATERFALL, None, 1, 6),
        (Strategy.PARALLEL, None, 3, 6),
        (Strategy.PARALLEL, 2, 2, 2),
    ],
)
def test_a_plan_counts_addresses_once_and_says_the_most(strategy, cap, expected, most):
    channels = Script(CHEAP, DEAR).channels
    cap = None if cap is None else MicroUsd(cap * PRICE)

    plan = plan_of(request(ORLA, None, ORLA, BO, strategy=strategy, max_cost=cap), channels)

    assert (plan.addresses, [check.provider for check in plan.checks]) == (2, ["cheap", "dear"])
    assert (plan.cost.expected, plan.cost.most) == (expected * PRICE, most * PRICE)
