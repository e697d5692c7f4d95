"""Money from end to end: what was paid for is never bought twice, with the books in PostgreSQL."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiohttp import web
from redis.asyncio import Redis
from tests.acme import Acme
from tests.at_rest import AT_REST
from tests.gateway.test_gateway import COMPANY, ORLA, PERSON, FarEnd, gateway, name_in, terms

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import CacheLevel, Found, Report, Skipped
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Ask, Keys, PersonQuery
from roleferry_enrich.gateway import till
from roleferry_enrich.gateway.books import Noted, Payer
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Window,
    ask,
    offers,
)
from roleferry_enrich.storage.books import PostgresBooks
from roleferry_enrich.storage.engine import driver_url

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Complaints:
    def books_closed(self, reason: str) -> None: ...
    def books_opened(self) -> None: ...


class Ledger:
    """An account in a migrated database, and what its books say."""

    def __init__(self, url: str, account_id: UUID) -> None:
        self.url = url
        self.account_id = account_id
        self._opened: list[PostgresBooks] = []

    def books(self) -> PostgresBooks:
        """Those of one process."""
        books = PostgresBooks(self.url, Complaints(), AT_REST, patience_s=5)
        self._opened.append(books)
        return books

    def terms(self, **given: object) -> Terms:
        return replace(terms(**given), payer=Payer(self.account_id, uuid4()))

    async def written(self) -> None:
        for books in self._opened:
            await books.written()

    async def spent(self) -> int:
        sql = "SELECT coalesce(sum(cost), 0)::bigint FROM provider_calls WHERE account_id = $1"
        return (await self._rows(sql))[0][0]

    async def under_way(self) -> int:
        sql = "SELECT count(*) FROM call_intents WHERE account_id = $1 AND reply IS NULL"
        return (await self._rows(sql))[0][0]

    async def forget_replies(self) -> None:
        await self._rows("DELETE FROM call_intents WHERE account_id = $1 RETURNING 1")

    async def let_calls_be_overdue(self) -> None:
        overdue = "UPDATE call_intents SET expires_at = now() WHERE account_id = $1 RETURNING 1"
        await self._rows(overdue)

    async def open(self) -> None:
        await self._rows("INSERT INTO accounts (id, name) VALUES ($1, 'Test account') RETURNING id")

    async def close(self) -> None:
        # Questions of other tests are the same.
        await self.forget_replies()
        for books in self._opened:
            await books.close()

    async def _rows(self, sql: str) -> list[asyncpg.Record]:
        await self.written()
        connection = await asyncpg.connect(driver_url(self.url))
        try:
            return await connection.fetch(sql, self.account_id)
        finally:
            await connection.close()


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    ledger = Ledger(database_url, uuid4())
    await ledger.open()
    yield ledger
    await ledger.close()


class Paged(Acme):
    """Sells a person in two pieces."""

    @offers(("email",), gives=("title", "full_name"), credits=2)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        first = yield from ask(Call.get("/person/name", email=query.keys.email).costing(1))
        second = yield from ask(Call.get("/person/title", email=query.keys.email).costing(1))
        name, title = first.record().text("name"), second.record().text("title")
        return Findings(people=(PersonClaim(full_name=name, title=title),))


async def test_equal_questions_to_two_processes_are_paid_once(
    shared: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd(ORLA)
    async with (
        gateway(far_end, shared, books=ledger.books()) as (one, _),
        gateway(far_end, shared, books=ledger.books(), base_url=None) as (other, _),
    ):
        _serve_from(other, one)
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(each.ask(PERSON, ledger.terms()))
                for _ in range(50)
                for each in (one, other)
            ]
    reports = [task.result() for task in asked]

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert far_end.calls == 1
    assert sum(report.cost for report in reports) == await ledger.spent() == 10_000


async def test_a_paid_reply_outlives_the_process_and_the_cache(
    redis: Redis, shared: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared, books=ledger.books()) as (gate, _):
        first = await gate.ask(PERSON, ledger.terms())
        url = gate.channels["acme"].base_url
        await redis.flushdb()
        async with gateway(far_end, shared, books=ledger.books(), base_url=url) as (again, _):
            second = await again.ask(PERSON, ledger.terms())

    assert (far_end.calls, name_in(second), second.cost) == (1, "Orla Fenwick", 0)
    assert second.cached is CacheLevel.TWIN
    assert _observed_at(second) <= _observed_at(first)
    assert await ledger.spent() == 10_000


async def test_who_stood_still_before_its_call_finds_that_another_made_it(
    redis: Redis, shared: RedisGuard, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "_STOOD_STILL_S", 0.4)
    far_end, books = FarEnd(ORLA), ledger.books()
    note = books.note

    async def note_and_stand_still(intent):
        monkeypatch.setattr(books, "note", note)
        await note(intent)
        await ledger.let_calls_be_overdue()
        await redis.flushdb()
        async with gateway(far_end, shared, books=ledger.books(), base_url=None) as (other, _):
            _serve_from(other, gate)
            await other.ask(PERSON, ledger.terms())
        await asyncio.sleep(0.5)
        return Noted()

    async with gateway(far_end, shared, books=books) as (gate, _):
        monkeypatch.setattr(books, "note", note_and_stand_still)
        report = await gate.ask(PERSON, ledger.terms())

    assert (far_end.calls, name_in(report), report.cost) == (1, "Orla Fenwick", 0)


async def test_h47_who_stood_still_while_it_waited_for_a_permit_makes_no_call(
    redis: Redis, shared: RedisGuard, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "_STOOD_STILL_S", 0.4)
    far_end = FarEnd(ORLA)

    async with gateway(far_end, shared, books=ledger.books()) as (gate, _):
        chosen = gate.gates.standing.chosen

        async def stand_still(channel):
            monkeypatch.setattr(gate.gates.standing, "chosen", chosen)
            await ledger.let_calls_be_overdue()
            await redis.flushdb()
            async with gateway(far_end, shared, books=ledger.books(), base_url=None) as (other, _):
                _serve_from(other, gate)
                await other.ask(PERSON, ledger.terms())
            await asyncio.sleep(0.5)
            return await chosen(channel)

        monkeypatch.setattr(gate.gates.standing, "chosen", stand_still)
        report = await gate.ask(PERSON, ledger.terms())

    assert far_end.calls == 1
    assert isinstance(report.outcome, Skipped)
    assert await ledger.spent() == 10_000  # once it said so, nothing for the one it did not make


async def test_who_waited_long_for_a_permit_and_was_not_overtaken_makes_its_call(
    shared: RedisGuard, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till, "_STOOD_STILL_S", 0.4)
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared, books=ledger.books()) as (gate, _):
        chosen = gate.gates.standing.chosen

        async def late(channel):
            await asyncio.sleep(0.5)
            return await chosen(channel)

        monkeypatch.setattr(gate.gates.standing, "chosen", late)
        report = await gate.ask(PERSON, ledger.terms())
    assert (far_end.calls, name_in(report), report.cost) == (1, "Orla Fenwick", 10_000)


async def test_who_wants_it_new_pays_again(
    redis: Redis, shared: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared, books=ledger.books()) as (gate, watcher):
        for _ in range(2):
            await gate.ask(PERSON, ledger.terms(age=timedelta(0)))
            await ledger.written()

    assert (far_end.calls, await ledger.spent()) == (2, 20_000)
    assert watcher.purchases == ["made", "made"]


async def test_a_conversation_that_broke_off_buys_only_what_is_missing(
    shared: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd({"name": "Orla"}, web.Response(status=400), {"title": "CEO"})
    books = ledger.books()
    async with gateway(far_end, shared, books=books, provider=Paged()) as (gate, watcher):
        first = await gate.ask(PERSON, ledger.terms())
        await ledger.written()
        second = await gate.ask(PERSON, ledger.terms())

    assert (first.outcome.kind, first.cost) == ("refused", 10_000)
    assert (name_in(second), second.cost, second.cached) == ("Orla", 10_000, None)
    assert watcher.purchases == ["made", "made", "kept", "made"]
    assert (far_end.calls, await ledger.spent()) == (3, 20_000)


async def test_a_reply_that_cannot_be_read_is_not_kept(shared: RedisGuard, ledger: Ledger) -> None:
    page = web.Response(body=b"<html>maintenance</html>", content_type="text/html")
    async with gateway(FarEnd(page, ORLA), shared, books=ledger.books()) as (gate, _):
        first = await gate.ask(PERSON, ledger.terms())
        second = await gate.ask(PERSON, ledger.terms())

    assert first.outcome.kind == "contract_changed"
    assert name_in(second) == "Orla Fenwick"


async def test_a_readable_reply_stays_when_the_next_is_not(
    shared: RedisGuard, ledger: Ledger
) -> None:
    page = web.Response(body=b"<html>maintenance</html>", content_type="text/html")
    far_end = FarEnd({"name": "Orla"}, page, {"title": "CEO"})
    async with gateway(far_end, shared, books=ledger.books(), provider=Paged()) as (gate, watcher):
        await gate.ask(PERSON, ledger.terms())
        second = await gate.ask(PERSON, ledger.terms())

    assert name_in(second) == "Orla"
    assert watcher.purchases == ["made", "made", "kept", "made"]


@pytest.fixture
async def elsewhere(redis_url: str) -> AsyncIterator[RedisGuard]:
    """Where nobody takes turns with the processes that share the other Redis."""
    client = Redis.from_url(re.sub(r"db=\d+", "db=15", redis_url))
    await client.flushdb()
    yield RedisGuard(client, patience=30.0)
    await client.aclose()


async def test_who_waits_for_a_call_that_hangs_does_not_pay_for_another(
    shared: RedisGuard, elsewhere: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd(None)
    quick = {"timeout": timedelta(milliseconds=300)}
    async with (
        gateway(far_end, shared, books=ledger.books(), **quick) as (one, _),
        gateway(far_end, elsewhere, books=ledger.books(), **quick) as (other, _),
    ):
        _serve_from(other, one)
        reports = await asyncio.gather(*(each.ask(PERSON, ledger.terms()) for each in (one, other)))

    assert [report.outcome.kind for report in reports] == ["timed_out", "timed_out"]
    assert (far_end.calls, await ledger.spent()) == (1, 10_000)


async def test_without_books_free_calls_and_remembered_answers_go_on(
    shared: RedisGuard, ledger: Ledger
) -> None:
    far_end = FarEnd(ORLA, {"name": "Quillmere", "industry": "Optics"})
    async with gateway(far_end, shared, books=ledger.books()) as (gate, _):
        await gate.ask(PERSON, ledger.terms())
        url = gate.channels["acme"].base_url
        away = PostgresBooks(NOWHERE, Complaints(), AT_REST)
        async with gateway(far_end, shared, books=away, base_url=url) as (bare, watcher):
            remembered = await bare.ask(PERSON, ledger.terms())
            free = await bare.ask(COMPANY, ledger.terms())
            paid = await bare.ask(person("una@quillmere.test"), ledger.terms())
        await away.close()

    assert name_in(remembered) == "Orla Fenwick"
    assert isinstance(free.outcome, Found)
    assert paid.outcome == Skipped("books_unavailable")
    assert far_end.calls == 3
    assert watcher.purchases == ["refused"]


async def test_nobody_pays_for_a_call_in_nobodys_name(shared: RedisGuard, ledger: Ledger) -> None:
    far_end = FarEnd(ORLA)
    async with gateway(far_end, shared, books=ledger.books()) as (gate, _):
        report = await gate.ask(PERSON, terms())
    assert (report.outcome, far_end.calls) == (Skipped("books_unavailable"), 0)


async def test_a_call_without_a_permit_leaves_nothing_in_the_books(
    shared: RedisGuard, ledger: Ledger
) -> None:
    window = (Window(1, timedelta(minutes=1)),)
    async with gateway(FarEnd(ORLA), shared, books=ledger.books(), permits=window) as (gate, _):
        await gate.ask(PERSON, ledger.terms())
        second = await gate.ask(person("una@quillmere.test"), ledger.terms())

    assert second.outcome == Skipped("no_permit")
    assert (await ledger.under_way(), await ledger.spent()) == (0, 10_000)


async def test_a_caller_who_goes_while_waiting_for_a_permit_leaves_nothing(
    shared: RedisGuard, ledger: Ledger
) -> None:
    far_end, window = FarEnd(ORLA), (Window(1, timedelta(seconds=5)),)
    async with gateway(far_end, shared, books=ledger.books(), permits=window) as (gate, _):
        await gate.ask(PERSON, ledger.terms())
        call = Call.get("/person", email="una@quillmere.test").costing(1)
        errands = [
            Errand(
                channel=gate.channels["acme"],
                capability="find_person",
                terms=ledger.terms(seconds=400),
            )
            for _ in range(50)
        ]
        waiting = [
            asyncio.create_task(gate.gates.send(replace(call, params=(("n", str(n)),)), errand))
            for n, errand in enumerate(errands)
        ]
        await _until(ledger.under_way, 50)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        await _until(ledger.under_way, 0)

    assert (far_end.calls, await ledger.spent()) == (1, 10_000)
    assert {errand.terms.purse.left for errand in errands} == {None}


async def test_after_a_run_with_faults_the_books_add_up(shared: RedisGuard, ledger: Ledger) -> None:
    replies = [
        *([ORLA] * 6),
        {"person": None},
        web.Response(status=500),
        web.Response(status=402),
        web.Response(status=429, headers={"Retry-After": "0"}),
        web.Response(status=200, body=b"{"),
        None,
    ]
    dice = Random(7)
    far_end = FarEnd(*(dice.choice(replies[:8] + replies[9:]) for _ in range(400)))
    books, reports = ledger.books(), list[Report]()
    async with gateway(far_end, shared, books=books, timeout=timedelta(milliseconds=200)) as (
        gate,
        _,
    ):
        for round_ in range(5):
            async with asyncio.TaskGroup() as group:
                asked = [
                    group.create_task(
                        gate.ask(person(f"p{dice.randrange(40)}@quillmere.test"), ledger.terms())
                    )
                    for _ in range(20 + round_)
                ]
            reports += [task.result() for task in asked]

    spent = await ledger.spent()
    assert spent == sum({call.id: call.cost for r in reports for call in r.calls}.values()) > 0
    assert await ledger.under_way() == 0


def person(email: str) -> Ask:
    return replace(PERSON, query=PersonQuery(keys=Keys(email=Email(email))))


def _serve_from(gate: Gateway, other: Gateway) -> None:
    """Let both speak to the same server, as two processes do."""
    gate.channels = other.channels


def _observed_at(report: Report):
    assert isinstance(report.outcome, Found)
    return report.outcome.observations.people[0].provenance.observed_at


async def _until(count, wanted: int) -> None:
    async with asyncio.timeout(10):
        while await count() != wanted:  # noqa: ASYNC110  # it looks into PostgreSQL
            await asyncio.sleep(0.01)
