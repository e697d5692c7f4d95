"""Who may ask, and what becomes of a request whose account cannot pay."""

import asyncio
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
from tests.pipeline.scripted import (
    Script,
    Shelf,
    enricher,
    offer,
    orla,
    request,
)

from roleferry_enrich.accounts.charging import PlannedCharging
from roleferry_enrich.domain.credits import UNLIMITED, AccountPlan, Bill, Caps, Prices
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PhoneClaim, PhoneKind
from roleferry_enrich.errors import CapReached, InsufficientCredits, NotPaidFor, ServiceUnavailable
from roleferry_enrich.gateway.leave import FREE
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.charging import Asker
from roleferry_enrich.storage.reservations import Reservation
from roleferry_enrich.storage.wire import DatabaseAway

METERED = AccountPlan(is_metered=True, prices=Prices(enrichment=1, fields={"phone": 5}))
CAPPED = AccountPlan(caps=Caps(request=MicroUsd(20_000), day=MicroUsd(90_000)))
MATCH = offer("apollo.find_person", "email", credits=1)


@dataclass
class House:
    """Plans, balances and caps in memory."""

    plan: AccountPlan = UNLIMITED
    balance: int = 10
    is_away: bool = False
    cap: str | None = None
    taken: list[tuple[UUID, int, str | None]] = field(default_factory=list)
    checks: int = 0
    settled: list[Bill] = field(default_factory=list)

    async def of(self, account_id: UUID) -> AccountPlan:
        return self.plan

    async def take(self, account_id, charge_id, credits, key_id) -> Reservation:
        if self.is_away:
            raise DatabaseAway("gone", is_sent=False)
        before = self.balance
        if granted := credits <= before:
            self.balance -= credits
            self.taken.append((charge_id, credits, key_id))
        return Reservation(granted, before)

    async def check(self, account_id, caps, cheapest) -> None:
        self.checks += 1
        if self.cap:
            raise CapReached(f"the cap of the {self.cap} is reached")

    async def settle(self, account_id: UUID, bill: Bill) -> None:
        self.settled.append(bill)

    def charging(self) -> PlannedCharging:
        return PlannedCharging(
            plans=self, reservations=self, spending=self, credits=self, cheapest=MicroUsd(1)
        )


class Asking(Script):
    """Takes leave as the gateway does."""

    async def ask(self, ask, terms):
        try:
            await terms.leave.take()
        except NotPaidFor:
            self.answer(f"{ask.provider}.{ask.capability}", orla("apollo"))
        return await super().ask(ask, terms)


ASKER = Asker(account_id=uuid4(), charge_id=uuid4(), key_id="k1")


async def test_nothing_is_asked_of_the_database_for_who_has_no_plan() -> None:
    house = House()
    charge = await house.charging().open(request(), ASKER)
    assert charge.leave is FREE
    assert (charge.most, charge.refusal, house.taken, house.checks) == (None, None, [], 0)


async def test_the_most_that_may_be_charged_is_taken_once_for_all_asks() -> None:
    house = House(METERED)
    charge = await house.charging().open(request(), ASKER)
    assert house.taken == []
    await asyncio.gather(*(charge.leave.take() for _ in range(5)))
    assert house.taken == [(ASKER.charge_id, 6, "k1")]


async def test_who_has_too_few_credits_is_told_how_many_and_what_to_do() -> None:
    house = House(METERED, balance=5)
    charge = await house.charging().open(request(), ASKER)
    with pytest.raises(NotPaidFor):
        await charge.leave.take()
    assert isinstance(charge.refusal, InsufficientCredits)
    assert "up to 6 credits" in charge.refusal.detail
    assert "5 left" in charge.refusal.detail
    assert "ask for fewer fields" in charge.refusal.detail


async def test_a_cap_that_is_reached_takes_no_credits() -> None:
    house = House(replace(METERED, caps=CAPPED.caps), cap="day")
    charge = await house.charging().open(request(), ASKER)
    with pytest.raises(NotPaidFor):
        await charge.leave.take()
    assert isinstance(charge.refusal, CapReached)
    assert (charge.refusal.reason, house.taken) == ("cap_reached", [])


async def test_where_nobody_can_be_charged_nobody_is_asked() -> None:
    house = House(METERED, is_away=True)
    charge = await house.charging().open(request(), ASKER)
    with pytest.raises(NotPaidFor):
        await charge.leave.take()
    assert isinstance(charge.refusal, ServiceUnavailable)
    assert charge.refusal.retry_after is not None


async def test_where_known_answers_have_a_price_leave_comes_first() -> None:
    house = House(replace(METERED, prices=Prices(cached=2)), balance=1)
    with pytest.raises(InsufficientCredits):
        await house.charging().open(request(), ASKER)


async def test_what_goes_on_later_needs_no_leave_again() -> None:
    house = House(METERED)
    assert (await house.charging().reopen(ASKER)).leave is FREE


async def test_a_list_is_charged_for_what_was_judged() -> None:
    house = House(replace(METERED, prices=Prices(verification=2)))
    charging = house.charging()
    charge = await charging.open_list(4, ASKER)
    await charge.leave.take()
    await charging.close_list(charge, 3)
    assert (house.taken[0][1], [bill.credits for bill in house.settled]) == (8, [6])


async def test_a_list_of_who_does_not_pay_is_settled_nowhere() -> None:
    house = House()
    charging = house.charging()
    await charging.close_list(await charging.open_list(4, ASKER), 3)
    assert house.settled == []


async def test_a_refused_request_is_neither_answered_nor_recorded() -> None:
    house, script, shelf = House(METERED, balance=0), Asking(MATCH), Shelf()
    service = replace(enricher(script, shelf), charging=house.charging())
    with pytest.raises(InsufficientCredits):
        await service.enrich(request(), ASKER.account_id)
    with pytest.raises(InsufficientCredits):
        await service.work_off(request(), ASKER.account_id, uuid4())
    assert shelf.kept == []
    assert service.onlooker.seen == []


async def test_an_answer_goes_to_the_records_with_its_bill() -> None:
    house, script, shelf = House(METERED), Asking(MATCH), Shelf()
    script.answer("apollo.find_person", orla("apollo"))
    service = replace(enricher(script, shelf), charging=house.charging())
    answer = await service.enrich(request(), ASKER.account_id, key_id="k1")
    [bill] = shelf.bills
    assert (bill.charge_id, bill.key_id, bill.is_metered) == (answer.id, "k1", True)
    assert (bill.parts, bill.is_final, bill.is_cached) == ({"enrichment": 1}, True, False)
    assert "full_name" in bill.fields


async def test_a_key_that_is_shown_no_personal_fields_does_not_pay_for_them_however_late() -> None:
    """Neither with the answer nor with what comes in after it."""
    mobile = PhoneClaim(number="+447700900123", kind=PhoneKind.MOBILE)
    told = orla("apollo", phones=(mobile,))
    for sees, parts in ((True, {"enrichment": 1, "phone": 5}), (False, {"enrichment": 1})):
        house, script, shelf = House(METERED, balance=20), Asking(MATCH), Shelf()
        background = Background()
        service = replace(enricher(script, shelf, background), charging=house.charging())
        await service.enrich(request(shows_personal=sees), ASKER.account_id)
        script.answer("apollo.find_person", told)
        await background.drain(5)
        assert [bill.parts for bill in shelf.bills] == [{}, parts]
        assert ("phone" in shelf.bills[1].fields) is sees


async def test_credits_stay_held_until_late_answers_are_in() -> None:
    house, script, shelf, background = House(METERED), Asking(MATCH), Shelf(), Background()
    service = replace(enricher(script, shelf, background), charging=house.charging())
    await service.enrich(request(), ASKER.account_id)
    script.answer("apollo.find_person", orla("apollo"))
    await background.drain(5)
    first, last = shelf.bills
    assert (first.is_final, first.credits) == (False, 0)
    assert (last.is_final, last.credits, last.charge_id) == (True, 1, first.charge_id)


async def test_all_tries_of_an_item_have_one_charge() -> None:
    house, script, shelf = House(METERED, balance=20), Asking(MATCH), Shelf()
    script.answer("apollo.find_person", orla("apollo"))
    service = replace(enricher(script, shelf), charging=house.charging())
    first = uuid4()
    for _ in range(2):
        await service.work_off(request(), ASKER.account_id, uuid4(), charge_id=first, key_id="k1")
    assert {bill.charge_id for bill in shelf.bills} == {first}


async def test_the_purse_holds_no_more_than_the_cap_of_a_request() -> None:
    house, script, shelf = House(CAPPED), Asking(MATCH), Shelf()
    script.answer("apollo.find_person", orla("apollo"))
    service = replace(enricher(script, shelf), charging=house.charging())
    await service.enrich(request(max_cost=MicroUsd(99_000)), ASKER.account_id)
    assert [terms.purse.left for terms in script.terms] == [10_000]
