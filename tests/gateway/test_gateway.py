"""An ask from end to end: cache, twins, gates, money and honest outcomes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from tests.acme import Acme
from tests.far_end import served
from tests.gates import gates_of, now
from tests.watcher import Watcher

from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.outcomes import (
    Absent,
    CacheLevel,
    Found,
    OutcomeKind,
    Report,
    Skipped,
    Troubled,
)
from roleferry_enrich.domain.queries import Ask, CompanyQuery, Keys, PersonQuery
from roleferry_enrich.gateway.books import Books
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.flights import Flight, Landing
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Window, ask, offers

PERSON = Ask(
    provider="acme",
    capability="find_person",
    query=PersonQuery(keys=Keys(email=Email("orla@quillmere.test"))),
)
COMPANY = Ask(
    provider="acme",
    capability="find_company",
    query=CompanyQuery(keys=Keys(domain=Domain("quillmere.test"))),
)
ORLA = {"person": {"name": "Orla Fenwick", "title": "CEO"}}


class FarEnd:
    """Answers with what it is told and counts the calls."""

    def __init__(
        self, *replies: web.Response | dict[str, object] | None, together: int = 1
    ) -> None:
        """`together`: nobody is answered before so many have come."""
        self._replies = list(replies)
        self._together = together
        self.calls = 0
        self._call = asyncio.Condition()

    async def reached(self, calls: int) -> None:
        """Wait until so many calls have come in."""
        async with self._call:
            await self._call.wait_for(lambda: self.calls >= calls)

    async def answer(self, _: web.Request) -> web.StreamResponse:
        reply = self._replies[min(self.calls, len(self._replies) - 1)]
        self.calls += 1
        async with self._call:
            self._call.notify_all()
        await self.reached(self._together)
        if reply is None:
            await asyncio.sleep(30)
        if isinstance(reply, web.Response):
            return web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        await asyncio.sleep(0.02)
        return web.json_response(reply)


@asynccontextmanager
async def gateway(
    far_end: FarEnd,
    shared: RedisGuard,
    now: Callable[[], datetime] = now,
    *,
    random: Random | None = None,
    books: Books | None = None,
    **channel: object,
) -> AsyncIterator[tuple[Gateway, Watcher]]:
    watcher = Watcher()
    async with served(far_end.answer) as url, aiohttp.ClientSession() as session:
        gates = gates_of(shared, session, watcher, books=books)
        gates = replace(gates, now=now, random=random or Random(1))
        cache = Cache(shared, secret=b"test-secret", memory_bytes=10_000_000)
        given = {"provider": Acme(), "key": Credential("test-key-acme"), "base_url": url}
        channels = {"acme": Channel(**{**given, **channel})}
        yield Gateway(channels, cache=cache, gates=gates, now=now), watcher


def terms(seconds: float = 10.0, cap: int | None = None, age: timedelta | None = None) -> Terms:
    deadline = asyncio.get_running_loop().time() + seconds
    purse = Purse(None if cap is None else MicroUsd(cap))
    return Terms(deadline=deadline, purse=purse, max_age=age)


def name_in(report: Report) -> str | None:
    assert isinstance(report.outcome, Found)
    return report.outcome.observations.people[0].claim.full_name


async def test_an_answer_is_paid_once_and_then_remembered(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared) as (gate, watcher):
        first = await gate.ask(PERSON, terms())
        second = await gate.ask(PERSON, terms())

    assert (name_in(first), first.cost, first.cached) == ("Orla Fenwick", 10_000, None)
    assert (name_in(second), second.cost, second.cached) == ("Orla Fenwick", 0, CacheLevel.MEMORY)
    assert far_end.calls == 1
    assert watcher.lookups == [None, CacheLevel.MEMORY]


async def test_a_remembered_answer_keeps_its_provenance(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        first = (await gate.ask(PERSON, terms())).outcome
        second = (await gate.ask(PERSON, terms())).outcome

    assert isinstance(first, Found)
    assert isinstance(second, Found)
    was, now = (o.observations.people[0].provenance for o in (first, second))
    assert (now.conversation, now.observed_at) == (was.conversation, was.observed_at)
    assert (was.cached, now.cached) == (False, True)


async def test_a_cached_answer_cannot_be_changed_by_who_got_it(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        await gate.ask(PERSON, terms())
        given = (await gate.ask(PERSON, terms())).outcome
        assert isinstance(given, Found)
        # Frozen, so by force.
        claim = given.observations.people[0].claim
        object.__setattr__(claim, "full_name", "Somebody Else")
        again = await gate.ask(PERSON, terms())

    assert name_in(again) == "Orla Fenwick"


async def test_a_key_holds_no_personal_data_and_no_credential(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        await gate.ask(PERSON, terms())
    keys = await shared.redis.keys("*")
    # A bucket is named after its provider; nothing that is known of anybody is in it.
    names = b" ".join(key for key in keys if not key.startswith(b"rfe:{acme}:permits:")).lower()

    for text in (b"orla", b"fenwick", b"quillmere", b"test-key", b"acme", b"person"):
        assert text not in names


async def test_the_providers_key_is_no_part_of_the_question(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared, base_url="http://far.test") as (one, _):
        key = one._question(PERSON).key
    other = Credential("test-key-acme-rotated")
    async with gateway(FarEnd(ORLA), shared, base_url="http://far.test", key=other) as (two, _):
        assert two._question(PERSON).key == key


async def test_an_answer_of_the_sandbox_is_none_of_the_provider(shared: RedisGuard) -> None:
    sandbox = gateway(FarEnd(ORLA), shared, base_url="http://127.0.0.1:8100/acme")
    async with sandbox as (one, _), gateway(FarEnd(ORLA), shared, base_url=None) as (two, _):
        assert one._question(PERSON).key != two._question(PERSON).key


async def test_a_spoilt_value_is_counted_and_asked_for_anew(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared) as (gate, watcher):
        await shared.redis.set(f"{gate._question(PERSON).key}:answer", b"not ours", px=60_000)
        report = await gate.ask(PERSON, terms())
        again = await gate.ask(PERSON, terms())

    assert (name_in(report), report.cached) == ("Orla Fenwick", None)
    assert (watcher.spoilt, far_end.calls) == (["acme"], 1)
    assert again.cached is CacheLevel.MEMORY


async def test_equal_questions_at_once_are_one_call(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared) as (gate, _), asyncio.TaskGroup() as group:
        asked = [group.create_task(gate.ask(PERSON, terms())) for _ in range(100)]
    reports = [task.result() for task in asked]

    assert far_end.calls == 1
    assert sum(report.cost for report in reports) == 10_000
    assert {report.cached for report in reports} == {None, CacheLevel.TWIN}


async def test_a_cancelled_asker_does_not_cancel_its_twins(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        leader = asyncio.create_task(gate.ask(PERSON, terms()))
        await asyncio.sleep(0.005)
        follower = asyncio.create_task(gate.ask(PERSON, terms()))
        await asyncio.sleep(0.005)
        leader.cancel()

        assert name_in(await follower) == "Orla Fenwick"


async def test_not_found_is_remembered_and_trouble_is_not(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=500), web.Response(status=500), {"person": None})
    async with gateway(far_end, shared) as (gate, _):
        first = await gate.ask(PERSON, terms())
        second = await gate.ask(PERSON, terms())

    assert isinstance(first.outcome, Absent)
    assert [call.attempt for call in first.calls] == [1, 2, 3]
    assert second.cached is CacheLevel.MEMORY


async def test_html_with_200_is_a_changed_contract_and_not_remembered(shared: RedisGuard) -> None:
    page = web.Response(body=b"<html>maintenance</html>", content_type="text/html")
    async with gateway(FarEnd(page, ORLA), shared) as (gate, watcher):
        first = await gate.ask(PERSON, terms())
        second = await gate.ask(PERSON, terms())

    assert first.outcome.kind == "contract_changed"
    assert watcher.changed == [("acme", "find_person")]
    assert name_in(second) == "Orla Fenwick"


async def test_a_paid_call_that_hangs_is_booked_and_not_repeated(shared: RedisGuard) -> None:
    far_end = FarEnd(None)
    async with gateway(far_end, shared, timeout=timedelta(seconds=0.5)) as (gate, _):
        report = await gate.ask(PERSON, terms())

    assert report.outcome.kind == "timed_out"
    assert (far_end.calls, report.cost) == (1, 10_000)


async def test_a_dead_key_is_quarantined_with_one_alert(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=401))
    async with gateway(far_end, shared) as (gate, watcher):
        first = await gate.ask(PERSON, terms())
        second = await gate.ask(PERSON, terms())

    assert first.outcome.kind == "unauthorised"
    assert second.outcome == Skipped("quarantined")
    assert (far_end.calls, watcher.quarantines) == (1, [("acme", "unauthorised")])


async def test_a_broken_provider_is_left_alone(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=503))
    async with gateway(far_end, shared) as (gate, _):
        for _ in range(10):
            report = await gate.ask(PERSON, terms())

    assert report.outcome == Skipped("breaker_open")
    assert far_end.calls == 10


async def test_retry_after_silences_the_provider(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=429, headers={"Retry-After": "30"}))
    window = (Window(100, timedelta(seconds=1)),)
    async with gateway(far_end, shared, permits=window) as (gate, _):
        first = await gate.ask(PERSON, terms())
        second = await gate.ask(PERSON, terms())

    assert far_end.calls == 1
    assert first.outcome.kind == "skipped" or isinstance(first.outcome, Troubled)
    assert second.outcome == Skipped("no_permit")


async def test_a_refusal_is_not_waited_for_beyond_the_deadline(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=429, headers={"Retry-After": "30"}))
    async with gateway(far_end, shared, permits=(Window(100, timedelta(seconds=1)),)) as (gate, _):
        report = await gate.ask(PERSON, terms(20))

    assert report.outcome.kind == "rate_limited"
    assert report.latency < timedelta(seconds=20)
    assert far_end.calls == 1


async def test_a_failure_stays_one_where_no_further_attempt_may_go_out(shared: RedisGuard) -> None:
    far_end = FarEnd(web.Response(status=503))
    async with gateway(far_end, shared, permits=(Window(1, timedelta(hours=1)),)) as (gate, _):
        report = await gate.ask(PERSON, terms())

    assert (report.outcome.kind, far_end.calls) == ("failed", 1)


async def test_a_wait_is_kept_to_where_no_limit_is_known(shared: RedisGuard) -> None:
    busy = web.Response(status=429, headers={"Retry-After": "1"})
    far_end = FarEnd(busy, ORLA)
    async with gateway(far_end, shared) as (gate, _):
        report = await gate.ask(PERSON, terms(3))

    assert name_in(report) == "Orla Fenwick"
    assert report.latency > timedelta(seconds=0.9)


async def test_an_adapters_bug_is_its_providers_trouble(shared: RedisGuard) -> None:
    class Broken(Acme):
        @offers(("email",), gives=("title",))
        def find_person(self, query: PersonQuery) -> Conversation[Answer]:
            yield from ask(Call.get("/person"))
            raise KeyError("person")

    async with gateway(FarEnd(ORLA), shared, provider=Broken()) as (gate, watcher):
        report = await gate.ask(PERSON, terms())

    assert report.outcome == Troubled(OutcomeKind.FAILED, "the adapter failed: KeyError")
    assert len(report.calls) == 1
    assert watcher.changed == [("acme", "find_person")]


async def test_the_providers_own_headers_are_honoured(shared: RedisGuard) -> None:
    reset = str(int(datetime.now(UTC).timestamp()) + 60)
    reply = web.json_response(ORLA, headers={"X-Left": "0", "X-Reset": reset})
    far_end = FarEnd(reply)
    window = (Window(100, timedelta(seconds=1)),)
    async with gateway(far_end, shared, permits=window) as (gate, _):
        await gate.ask(PERSON, terms())
        other = await gate.ask(COMPANY, terms())

    assert other.outcome == Skipped("no_permit")


async def test_money_that_is_not_there_is_not_spent(shared: RedisGuard) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared) as (gate, _):
        report = await gate.ask(PERSON, terms(cap=9_999))

    assert (report.outcome, far_end.calls) == (Skipped("budget_spent"), 0)


async def test_a_twin_without_money_does_not_stop_another(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _), asyncio.TaskGroup() as group:
        poor = group.create_task(gate.ask(PERSON, terms(cap=0)))
        rich = group.create_task(gate.ask(PERSON, terms()))
    assert poor.result().outcome == Skipped("budget_spent")
    assert name_in(rich.result()) == "Orla Fenwick"


@pytest.mark.timeout(20)
async def test_a_twin_that_has_just_come_to_nothing_is_not_waited_for(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        key = gate._question(PERSON).key
        landing = Landing(conversation=uuid4(), outcome=Skipped("budget_spent"))
        flight = Flight(key, None, 0)
        flight.task = asyncio.create_task(asyncio.sleep(0, landing))
        await flight.task
        flight.decide()
        # As in the turn of the loop between a task's end and its callbacks.
        gate._flights._flights[key] = flight

        assert name_in(await gate.ask(PERSON, terms())) == "Orla Fenwick"


async def test_calls_that_do_not_depend_on_each_other_go_out_together(shared: RedisGuard) -> None:
    far_end = FarEnd({"name": "Quillmere", "industry": "Optics"}, together=4)
    async with gateway(far_end, shared) as (gate, _):
        report = await gate.ask(COMPANY, terms())

    assert isinstance(report.outcome, Found)
    assert report.outcome.observations.companies[0].claim.industry == "Optics"


async def test_every_call_is_traced_with_its_record(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, watcher):
        report = await gate.ask(PERSON, terms())
        await gate.drain()

    assert watcher.records == list(report.calls)
    assert watcher.records[0].status == 200
