"""The books of paid calls, against a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.storage.examples import NOW, enrichment, report

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.errors import BooksUnavailable
from roleferry_enrich.gateway.books import (
    Entry,
    Gone,
    Intent,
    Kept,
    Lost,
    Noted,
    Payer,
    Unanswered,
    UnderWay,
)
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.storage.books import PostgresBooks
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.tables import accounts, call_intents, provider_calls

REPLY = Reply(status=200, body=b'{"a": 1}', headers={"x-left": "3"}, received_at=NOW)
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Complaints:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def books_closed(self, reason: str) -> None:
        self.heard.append("closed")

    def books_opened(self) -> None:
        self.heard.append("opened")


@pytest.fixture
async def books(database_url: str) -> AsyncIterator[PostgresBooks]:
    books = PostgresBooks(database_url, Complaints(), AT_REST, patience_s=5)
    yield books
    await books.close()


@pytest.fixture
async def other_books(database_url: str) -> AsyncIterator[PostgresBooks]:
    """Those of another process."""
    books = PostgresBooks(database_url, Complaints(), AT_REST, patience_s=5)
    yield books
    await books.close()


def intent(account_id: UUID, question: bytes | None = None, **changed: object) -> Intent:
    entry = Entry(question=question or uuid4().bytes, id=uuid4(), account_id=account_id)
    given = {
        "entry": entry,
        "payer": Payer(account_id, uuid4()),
        "conversation": uuid4(),
        "provider": "acme",
        "capability": "find_person",
        "attempt": 1,
        "price": MicroUsd(10_000),
        "lasts": timedelta(seconds=30),
    }
    return Intent(**{**given, **changed})


def twin(of: Intent) -> Intent:
    return replace(of, entry=replace(of.entry, id=uuid4()), conversation=uuid4())


def record(of: Intent, cost: int = 10_000, outcome: OutcomeKind = OutcomeKind.FOUND) -> CallRecord:
    return CallRecord(
        id=of.entry.id,
        conversation=of.conversation,
        provider=of.provider,
        capability=of.capability,
        attempt=of.attempt,
        status=200,
        outcome=outcome,
        cost=MicroUsd(cost),
        sent_at=NOW,
        latency=timedelta(seconds=0.2),
        permit_wait=timedelta(0),
    )


async def settled(
    books: PostgresBooks, of: Intent, record: CallRecord, reply: Reply | None
) -> None:
    books.settle(of, record, reply)
    await books.written()


async def booked(engine: AsyncEngine, account_id: UUID) -> list[tuple[UUID, str, int]]:
    table = provider_calls.c
    statement = select(table.id, table.outcome, table.cost).where(table.account_id == account_id)
    async with engine.connect() as connection:
        return [(row.id, row.outcome, row.cost) for row in await connection.execute(statement)]


async def intents_of(engine: AsyncEngine, account_id: UUID) -> int:
    statement = select(func.count()).where(call_intents.c.account_id == account_id)
    async with engine.connect() as connection:
        return await connection.scalar(statement)


async def age(engine: AsyncEngine, account_id: UUID, by: timedelta) -> None:
    """Let time pass over an account's calls."""
    table = call_intents.c
    statement = update(call_intents).where(table.account_id == account_id)
    moved = {"expires_at": table.expires_at - by, "settled_at": table.settled_at - by}
    async with engine.begin() as connection:
        await connection.execute(statement.values(moved))


async def test_a_paid_reply_is_there_for_whoever_asks_next(books, other_books, account_id) -> None:
    first = intent(account_id)
    assert await books.note(first) == Noted()
    await settled(books, first, record(first), REPLY)
    found = await other_books.note(twin(first))
    assert isinstance(found, Kept)
    assert (found.reply, found.entry) == (REPLY, first.entry)
    assert timedelta(0) <= found.age < timedelta(seconds=10)


async def test_a_call_under_way_is_followed_to_its_reply(books, other_books, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    found = await other_books.note(twin(first))
    assert isinstance(found, UnderWay)
    assert timedelta(seconds=20) < found.left <= timedelta(seconds=30)
    assert isinstance(await other_books.follow(found.entry), UnderWay)
    await settled(books, first, record(first), REPLY)
    followed = await other_books.follow(found.entry)
    assert isinstance(followed, Kept)
    assert followed.reply == REPLY


async def test_a_call_without_a_paid_reply_leaves_the_question_free(books, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    await settled(books, first, record(first, cost=0, outcome=OutcomeKind.FAILED), None)
    assert await books.follow(first.entry) == Gone()
    assert await books.note(twin(first)) == Noted()


async def test_who_waits_learns_that_a_charged_call_had_no_reply(books, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    await settled(books, first, record(first, outcome=OutcomeKind.TIMED_OUT), None)
    assert await books.follow(first.entry) == Unanswered()


async def test_a_call_is_booked_when_it_is_settled(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    assert await booked(engine, account_id) == []
    await settled(books, first, record(first), REPLY)
    assert await booked(engine, account_id) == [(first.entry.id, "found", 10_000)]


async def test_settling_again_books_once(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    for _ in range(3):
        await settled(books, first, record(first), REPLY)
    assert await booked(engine, account_id) == [(first.entry.id, "found", 10_000)]


async def test_noting_again_is_no_twin_of_itself(books, account_id) -> None:
    """A statement whose answer was lost is sent again."""
    first = intent(account_id)
    assert await books.note(first) == Noted()
    assert await books.note(first) == Noted()


async def test_an_overdue_call_is_booked_in_full_once(
    books, other_books, engine, account_id
) -> None:
    first = intent(account_id)
    await books.note(first)
    assert await other_books.write_off(first.entry) is None
    await age(engine, account_id, timedelta(seconds=31))
    lost = [await each.write_off(first.entry) for each in (other_books, books)]
    assert lost == [Lost("acme", "find_person", MicroUsd(10_000)), None]
    assert await booked(engine, account_id) == [(first.entry.id, "lost", 10_000)]
    assert await books.note(twin(first)) == Noted()


async def test_what_came_late_replaces_what_was_written_off(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    await age(engine, account_id, timedelta(seconds=31))
    await books.write_off(first.entry)
    await settled(books, first, record(first, cost=5_000), REPLY)
    assert await booked(engine, account_id) == [(first.entry.id, "found", 5_000)]
    assert isinstance(await books.note(twin(first)), Kept)


async def bought_again(
    books: PostgresBooks, engine: AsyncEngine, account_id: UUID
) -> tuple[Intent, Intent]:
    """A call that was written off, and the one that took its place when the first was answered."""
    first = intent(account_id)
    await books.note(first)
    await age(engine, account_id, timedelta(seconds=31))
    await books.write_off(first.entry)
    second = twin(first)
    assert await books.note(second) == Noted()
    await settled(books, first, record(first), REPLY)
    return first, second


async def test_a_late_reply_is_kept_for_when_the_call_that_took_its_place_dies(
    books, other_books, engine, account_id
) -> None:
    first, second = await bought_again(books, engine, account_id)
    assert await other_books.follow(second.entry) == Gone()
    assert isinstance(await other_books.note(twin(first)), Kept)
    assert sorted(await booked(engine, account_id)) == sorted(
        [(first.entry.id, "found", 10_000), (second.entry.id, "lost", 10_000)]
    )


async def test_the_call_that_took_the_place_of_a_late_one_is_booked_as_it_ends(
    books, engine, account_id
) -> None:
    first, second = await bought_again(books, engine, account_id)
    await settled(books, second, record(second, cost=7_000), REPLY)
    assert (second.entry.id, "found", 7_000) in await booked(engine, account_id)
    found = await books.note(twin(first))
    assert isinstance(found, Kept)
    assert found.entry == first.entry


async def test_a_call_whose_place_a_late_reply_took_before_it_was_made_costs_nothing(
    books, engine, account_id
) -> None:
    first, second = await bought_again(books, engine, account_id)
    assert isinstance(await books.note(second), Kept)
    books.strike(second.entry)
    await books.written()
    assert await booked(engine, account_id) == [(first.entry.id, "found", 10_000)]
    assert isinstance(await books.note(twin(first)), Kept)


async def test_a_late_reply_and_that_of_the_call_in_its_place_are_settled_together(
    books, engine, account_id
) -> None:
    first = intent(account_id)
    await books.note(first)
    await age(engine, account_id, timedelta(seconds=31))
    await books.write_off(first.entry)
    second = twin(first)
    await books.note(second)
    books.settle(second, record(second), REPLY)
    books.settle(first, record(first), REPLY)
    await books.written()
    outcomes = {outcome for _, outcome, _ in await booked(engine, account_id)}
    assert outcomes == {"found"}
    assert isinstance(await books.note(twin(first)), Kept)


async def test_a_call_that_was_not_made_is_not_booked(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    books.strike(first.entry)
    await books.written()
    assert await books.note(twin(first)) == Noted()
    assert await booked(engine, account_id) == []


async def test_a_call_whose_caller_goes_while_it_is_noted_is_struck(
    books, engine, account_id
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE call_intents IN SHARE MODE"))
        waiting = [asyncio.create_task(books.note(intent(account_id))) for _ in range(30)]
        await _until(lambda: _is_waiting(engine))
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    await _until(lambda: _is_empty(engine, account_id))
    assert await books.note(intent(account_id)) == Noted()


async def test_equal_calls_of_two_processes_are_noted_once(books, other_books, account_id) -> None:
    for _ in range(30):
        question = uuid4().bytes
        async with asyncio.TaskGroup() as group:
            noting = [
                group.create_task(each.note(intent(account_id, question)))
                for _ in range(10)
                for each in (books, other_books)
            ]
        found = [task.result() for task in noting]
        assert found.count(Noted()) == 1
        assert sum(isinstance(each, UnderWay) for each in found) == 19


async def test_many_questions_at_once_in_any_order_do_not_deadlock(
    books, other_books, engine, account_id
) -> None:
    questions = [uuid4().bytes for _ in range(200)]

    async def buy(of: PostgresBooks, question: bytes) -> None:
        wanted = intent(account_id, question)
        if await of.note(wanted) == Noted():
            await settled(of, wanted, record(wanted), REPLY)

    async with asyncio.TaskGroup() as group:
        for ours, theirs in zip(questions, reversed(questions), strict=True):
            group.create_task(buy(books, ours))
            group.create_task(buy(other_books, theirs))
    rows = await booked(engine, account_id)
    assert (len(rows), sum(cost for _, _, cost in rows)) == (200, 2_000_000)


async def test_settling_and_recording_the_same_calls_at_once_do_not_deadlock(
    books, engine, account_id
) -> None:
    repository = EnrichmentRepository(engine)
    for _ in range(20):
        given = [intent(account_id) for _ in range(30)]
        for each in given:
            books.settle(each, record(each), REPLY)
        reports = [report(Observations(), each.conversation, record(each)) for each in given]
        await repository.record(enrichment(account_id), reports, observations=Observations())
    await books.written()
    assert len(await booked(engine, account_id)) == 600


async def test_an_account_that_is_gone_buys_nothing(books) -> None:
    with pytest.raises(BooksUnavailable):
        await books.note(intent(uuid4()))


async def test_an_account_that_goes_meanwhile_breaks_nobody_elses_settling(
    books, engine, account_id, other_account_id
) -> None:
    mine, theirs = intent(account_id), intent(other_account_id)
    await books.note(mine)
    await books.note(theirs)
    async with engine.begin() as connection:
        await connection.execute(delete(accounts).where(accounts.c.id == other_account_id))
    books.settle(theirs, record(theirs), REPLY)
    await settled(books, mine, record(mine), REPLY)
    assert len(await booked(engine, account_id)) == 1
    assert await booked(engine, other_account_id) == []


async def test_the_sweep_writes_off_and_forgets(books, engine, account_id) -> None:
    paid, dead = intent(account_id), intent(account_id)
    for each in (paid, dead):
        await books.note(each)
    await settled(books, paid, record(paid), REPLY)
    await books.sweep()
    assert await intents_of(engine, account_id) == 2
    await age(engine, account_id, timedelta(hours=2))
    assert Lost("acme", "find_person", MicroUsd(10_000)) in await books.sweep()
    assert await intents_of(engine, account_id) == 0
    assert {row[1] for row in await booked(engine, account_id)} == {"found", "lost"}


async def test_without_a_database_the_answer_is_no_and_comes_at_once() -> None:
    complaints = Complaints()
    books = PostgresBooks(NOWHERE, complaints, AT_REST)
    for _ in range(100):
        with pytest.raises(BooksUnavailable):
            await books.note(intent(uuid4()))
    assert complaints.heard == ["closed"]
    await books.close()


async def test_a_database_that_says_nothing_costs_one_short_wait() -> None:
    connections = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        books = PostgresBooks(
            f"postgresql://nobody@127.0.0.1:{port}/nothing", Complaints(), AT_REST
        )
        for _ in range(100):
            with pytest.raises(BooksUnavailable):
                await books.note(intent(uuid4()))
        # Who was refused without a wait did not even try.
        assert len(connections) == 1
        await books.close()


async def test_a_process_that_stood_still_does_not_take_its_database_for_dead(
    database_url, account_id
) -> None:
    books = PostgresBooks(database_url, Complaints(), AT_REST, patience_s=0.2)
    try:
        assert isinstance(await books.note(intent(account_id)), Noted)
        noting = asyncio.create_task(books.note(intent(account_id)))
        await asyncio.sleep(0)

        time.sleep(0.5)  # noqa: ASYNC251 - the loop is to be held

        assert isinstance(await noting, Noted)
    finally:
        await books.close()


async def test_a_connection_that_was_cut_is_opened_again(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    await _cut_connections(engine)
    assert isinstance(await books.note(twin(first)), UnderWay)
    await settled(books, first, record(first), REPLY)
    await _cut_connections(engine)
    assert isinstance(await books.note(twin(first)), Kept)


async def test_what_came_is_settled_once_the_database_is_back(books, engine, account_id) -> None:
    first = intent(account_id)
    await books.note(first)
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE provider_calls IN EXCLUSIVE MODE"))
        books.settle(first, record(first), REPLY)
        await _until(lambda: _is_waiting(engine))
        await _cut_connections(engine, waiting=True)
    await books.written()
    assert await booked(engine, account_id) == [(first.entry.id, "found", 10_000)]


async def _is_empty(engine: AsyncEngine, account_id: UUID) -> bool:
    return await intents_of(engine, account_id) == 0


async def _is_waiting(engine: AsyncEngine) -> bool:
    statement = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with engine.connect() as connection:
        return bool(await connection.scalar(statement))


async def _cut_connections(engine: AsyncEngine, *, waiting: bool = False) -> None:
    """As a restart of the server does, for those of our books."""
    which = "wait_event_type = 'Lock'" if waiting else "state = 'idle'"
    statement = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))


async def _until(condition) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110  # it looks into PostgreSQL
            await asyncio.sleep(0.01)
