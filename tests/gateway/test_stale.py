"""Old answers: served only while a newer one is got or cannot be had, and always marked."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from aiohttp import web
from tests.acme import Acme
from tests.gateway.test_gateway import ORLA, PERSON, FarEnd, gateway, name_in, terms

from roleferry_enrich.domain.outcomes import Absent, CacheLevel, OptedOut, Report, Skipped
from roleferry_enrich.domain.queries import PersonQuery
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    ask,
    offers,
)

IVO = {"person": {"name": "Ivo Marsh", "title": "CEO"}}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRESH_FOR = 7 * DAY


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def warmed(gate: Gateway, clock: Clock, age: timedelta) -> Report:
    """The cache has an answer of that age."""
    first = await gate.ask(PERSON, terms())
    clock.now += age
    return first


async def test_an_old_answer_is_served_marked_while_a_newer_one_is_got(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, IVO)
    async with gateway(far_end, shared, clock) as (gate, watcher):
        first = await warmed(gate, clock, FRESH_FOR + HOUR)
        asked = terms()
        served = await gate.ask(PERSON, asked)
        (renewal,) = asked.renewals
        renewed = await renewal.report
        after = await gate.ask(PERSON, terms())

    assert (name_in(served), served.stale, served.cost) == ("Orla Fenwick", True, 0)
    assert (served.age, served.conversation) == (FRESH_FOR + HOUR, first.conversation)
    assert (renewal.served, renewal.ask) == (first.conversation, PERSON)
    assert (name_in(renewed), renewed.stale, renewed.cost) == ("Ivo Marsh", False, 10_000)
    assert (name_in(after), after.stale, after.cached) == ("Ivo Marsh", False, CacheLevel.MEMORY)
    assert (far_end.calls, watcher.stale) == (2, ["acme"])


async def test_a_thousand_who_are_served_an_old_answer_begin_one_renewal(
    shared: RedisGuard,
) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, IVO)
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, FRESH_FOR + HOUR)
        every = [terms() for _ in range(1_000)]
        reports = await asyncio.gather(*(gate.ask(PERSON, each) for each in every))
        await gate.drain()

    assert {report.stale for report in reports} == {True}
    assert sum(len(each.renewals) for each in every) == 1
    assert far_end.calls == 2


async def test_a_failing_provider_is_stood_in_for_by_its_old_answer(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, web.Response(status=402))
    async with gateway(far_end, shared, clock) as (gate, watcher):
        await warmed(gate, clock, FRESH_FOR + 2 * DAY)
        served = await gate.ask(PERSON, terms())
        again = await gate.ask(PERSON, terms())

    assert (name_in(served), served.stale, served.age) == (
        "Orla Fenwick",
        True,
        FRESH_FOR + 2 * DAY,
    )
    assert [call.status for call in served.calls] == [402]
    assert (name_in(again), again.stale, again.calls) == ("Orla Fenwick", True, ())
    assert (far_end.calls, watcher.stale) == (2, ["acme", "acme"])


async def test_a_slow_provider_is_stood_in_for_before_the_deadline(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, None)
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, FRESH_FOR + 2 * DAY)
        asked = terms(1)
        served = await gate.ask(PERSON, asked)
        is_in_time = asyncio.get_running_loop().time() < asked.deadline
        booked = await asked.renewals[0].report

    assert (name_in(served), served.stale, is_in_time) == ("Orla Fenwick", True, True)
    assert (booked.outcome.kind, booked.cost) == ("timed_out", 10_000)


async def test_a_recovered_provider_is_believed_rather_than_an_old_answer(
    shared: RedisGuard,
) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, {"person": None})
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, FRESH_FOR + 2 * DAY)
        served = await gate.ask(PERSON, terms())

    assert (served.outcome, served.stale) == (Absent(), False)


async def test_an_answer_beyond_its_last_day_is_gone(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, web.Response(status=402))
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, 2 * FRESH_FOR + HOUR)
        report = await gate.ask(PERSON, terms())

    assert report.outcome.kind == "quota_spent"


async def test_nothing_older_than_the_request_allows_is_served(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, IVO, web.Response(status=402))
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, HOUR)
        younger = await gate.ask(PERSON, terms(age=2 * HOUR))
        newer = await gate.ask(PERSON, terms(age=HOUR / 2))
        clock.now += FRESH_FOR + HOUR
        neither = await gate.ask(PERSON, terms(age=FRESH_FOR))

    assert (name_in(younger), younger.age) == ("Orla Fenwick", HOUR)
    assert (name_in(newer), newer.cached) == ("Ivo Marsh", None)
    assert neither.outcome.kind == "quota_spent"
    assert far_end.calls == 3


async def test_an_old_not_found_is_asked_again(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd({"person": None}, ORLA)
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, 7 * HOUR)
        report = await gate.ask(PERSON, terms())

    assert (name_in(report), report.stale) == ("Orla Fenwick", False)


async def test_a_request_without_money_is_not_stood_in_for(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA)
    async with gateway(far_end, shared, clock) as (gate, _):
        await warmed(gate, clock, FRESH_FOR + 2 * DAY)
        report = await gate.ask(PERSON, terms(cap=0))

    assert (report.outcome, far_end.calls) == (Skipped("budget_spent"), 1)


async def test_a_forgotten_answer_stands_in_for_nobody(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, None)
    async with gateway(far_end, shared, clock, timeout=timedelta(seconds=0.5)) as (gate, _):
        await warmed(gate, clock, FRESH_FOR + 2 * DAY)
        asked = asyncio.create_task(gate.ask(PERSON, terms(0.3)))
        await far_end.reached(2)
        await gate.forget(PERSON)
        report = await asked

    assert report.outcome.kind == "timed_out"


async def test_an_opt_out_ends_what_was_known_before(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared, provider=Withdrawn()) as (gate, _):
        key = gate._question(PERSON).key
        await shared.redis.set(f"{key}:answer", b"what was known before", px=60_000)
        report = await gate.ask(PERSON, terms(age=timedelta(0)))

    assert report.outcome == OptedOut()
    assert not await shared.redis.exists(f"{key}:answer")


class Withdrawn(Acme):
    """A person asked it to say nothing any more."""

    @offers(("email",), gives=("title", "full_name"), credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        yield from ask(Call.get("/person"))
        return ClaimedByPerson()


class Certain(Random):
    """Always draws the same."""

    def __init__(self, draw: float) -> None:
        super().__init__()
        self._draw = draw

    def random(self) -> float:
        return self._draw


async def test_a_popular_answer_is_renewed_before_its_end(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, IVO)
    early = Certain(1 - 1e-9)  # about twenty times as early as the provider takes
    async with gateway(far_end, shared, clock, random=early) as (gate, _):
        await warmed(gate, clock, FRESH_FOR - timedelta(milliseconds=100))
        asked = terms()
        served = await gate.ask(PERSON, asked)
        renewed = await asked.renewals[0].report
        after = await gate.ask(PERSON, terms())

    assert (name_in(served), served.stale, served.cached) == (
        "Orla Fenwick",
        False,
        CacheLevel.MEMORY,
    )
    assert (name_in(renewed), renewed.cost) == ("Ivo Marsh", 10_000)
    assert name_in(after) == "Ivo Marsh"


async def test_a_fresh_answer_is_not_renewed_long_before_its_end(shared: RedisGuard) -> None:
    clock, far_end = Clock(), FarEnd(ORLA, IVO)
    async with gateway(far_end, shared, clock, random=Certain(1 - 1e-9)) as (gate, _):
        await warmed(gate, clock, FRESH_FOR - HOUR)
        asked = terms()
        await gate.ask(PERSON, asked)

    assert (asked.renewals, far_end.calls) == ([], 1)
