"""Leave to ask anybody, and the account's caps: asked for before money is spent, and only then."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gateway.test_gateway import ORLA, PERSON, FarEnd, gateway, terms
from tests.gateway.test_stale import FRESH_FOR, Certain, Clock

from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, Skipped
from roleferry_enrich.domain.queries import Keys, PersonQuery
from roleferry_enrich.errors import BudgetSpent, NotPaidFor
from roleferry_enrich.gateway import till
from roleferry_enrich.gateway.redis_guard import RedisGuard

ANOTHER = replace(PERSON, query=PersonQuery(keys=Keys(email=Email("ivo@quillmere.test"))))


class Leave:
    def __init__(self, *, granted: bool = True) -> None:
        self.granted = granted
        self.asked = 0

    async def take(self) -> None:
        self.asked += 1
        if not self.granted:
            raise NotPaidFor("no credits")


class Counted:
    """Spending that allows so many calls; `costs` are what they came to."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.costs: list[int] = []

    async def hold(self, account_id, price: MicroUsd) -> "Counted":
        if not self.left:
            raise BudgetSpent("the cap of the day is reached")
        self.left -= 1
        return self

    def settle(self, cost: MicroUsd) -> None:
        self.costs.append(cost)


async def test_what_caches_answer_asks_for_no_leave(shared: RedisGuard) -> None:
    leave = Leave()
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        await gate.ask(PERSON, replace(terms(), leave=leave))
        known = await gate.ask(PERSON, replace(terms(), leave=leave))
    async with gateway(FarEnd(ORLA), shared) as (other, _):
        other.channels["acme"] = gate.channels["acme"]
        shared_with_us = await other.ask(PERSON, replace(terms(), leave=leave))
    assert (known.cached, shared_with_us.cached) == (CacheLevel.MEMORY, CacheLevel.REDIS)
    assert leave.asked == 1


async def test_without_leave_nobody_is_asked(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared) as (gate, _):
        refused = await gate.ask(PERSON, replace(terms(), leave=Leave(granted=False)))
        granted = await gate.ask(PERSON, terms())
    assert refused.outcome == Skipped("not_paid_for")
    assert (far_end.calls, granted.cost) == (1, 10_000)


async def test_a_renewal_before_its_time_is_our_wish(shared: RedisGuard) -> None:
    """It is neither asked for leave nor a reason to refuse what is known."""
    clock, leave, far_end = Clock(), Leave(), FarEnd(ORLA)
    async with gateway(far_end, shared, clock, random=Certain(1 - 1e-9)) as (gate, _):
        await gate.ask(PERSON, replace(terms(), leave=leave))
        clock.now += FRESH_FOR - timedelta(milliseconds=100)
        asked = replace(terms(), leave=leave)
        await gate.ask(PERSON, asked)
        await asked.renewals[0].report
    assert (leave.asked, far_end.calls) == (1, 2)


@pytest.mark.parametrize(("most", "costs", "calls"), [(1, [10_000], 1), (0, [], 0)])
async def test_no_call_is_made_beyond_a_cap(shared: RedisGuard, most, costs, calls) -> None:
    far_end, spending = FarEnd(ORLA), Counted(most)
    async with gateway(far_end, shared) as (gate, _):
        gate.gates.till._spending = spending
        await gate.ask(PERSON, terms())
        over = await gate.ask(ANOTHER, terms())
    assert over.outcome == Skipped("budget_spent")
    assert (spending.costs, far_end.calls) == (costs, calls)


async def test_what_a_call_that_was_not_made_held_is_given_back(shared: RedisGuard) -> None:
    spending = Counted(1)
    async with gateway(FarEnd(ORLA), shared, concurrency=None) as (gate, _):
        gate.gates.till._spending = spending
        await gate.gates.lines["acme"].acquire()
        for _ in range(19):
            await gate.gates.lines["acme"].acquire()
        report = await gate.ask(PERSON, terms(seconds=0.05))
    assert report.outcome == Skipped("no_permit")
    assert spending.costs == [0]


async def test_who_waited_long_for_the_cap_looks_once_more_whose_call_it_is(
    shared: RedisGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "_STOOD_STILL_S", 0.2)
    spending, far_end, steps = Counted(1), FarEnd(ORLA), []

    async def slow(account_id, price):
        await asyncio.sleep(0.3)
        steps.append("held")
        return await Counted.hold(spending, account_id, price)

    async with gateway(far_end, shared) as (gate, _):
        books = gate.gates.till._books
        note = books.note

        async def noted(intent):
            steps.append("noted")
            return await note(intent)

        monkeypatch.setattr(spending, "hold", slow)
        monkeypatch.setattr(gate.gates.till, "_spending", spending)
        monkeypatch.setattr(books, "note", noted)
        await gate.ask(PERSON, terms())
    assert (steps[0], steps[-1], far_end.calls) == ("noted", "noted", 1)
    assert spending.costs == [10_000]
