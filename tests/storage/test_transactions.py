"""One transaction for one unit of work, repeated where PostgreSQL asks for it."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.row_security import AccountConnection
from roleferry_enrich.storage.transactions import in_transaction

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '{}'; END $$"


class Work:
    """Fails with the given states, one a run, then succeeds."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.runs = 0

    async def __call__(self, connection) -> str:
        self.runs += 1
        if self.states:
            await connection.execute(text(RAISE.format(self.states.pop(0))))
        return "done"


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "53300", "57P01", "25P03", "08006"])
async def test_passing_trouble_is_tried_again(engine, state) -> None:
    work = Work(state, state)
    assert await in_transaction(engine, work) == "done"
    assert work.runs == 3


async def test_trouble_that_stays_ends_as_unavailable(engine) -> None:
    work = Work(*["40P01"] * 9)
    with pytest.raises(ServiceUnavailable):
        await in_transaction(engine, work)
    assert work.runs == 3


@pytest.mark.parametrize("state", ["53100", "53200", "57014", "25006"])
async def test_exhaustion_is_not_made_worse_by_trying_again(engine, state) -> None:
    work = Work(state)
    with pytest.raises(ServiceUnavailable):
        await in_transaction(engine, work)
    assert work.runs == 1


@pytest.mark.parametrize("state", ["42P01", "23505", "22P05"])
async def test_our_own_mistake_is_not_hidden(engine, state) -> None:
    work = Work(state)
    with pytest.raises(DBAPIError):
        await in_transaction(engine, work)
    assert work.runs == 1


async def test_connection_cut_in_the_middle_is_replaced(engine) -> None:
    runs = []

    async def work(connection) -> int | None:
        runs.append(connection)
        if len(runs) == 1:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return await connection.scalar(text("SELECT 1"))

    assert await in_transaction(engine, work) == 1


async def test_connection_cut_as_it_is_opened_is_replaced(database_url, monkeypatch) -> None:
    opened = []

    class Cut(AccountConnection):
        async def set_type_codec(self, typename: str, **options: Any) -> None:
            opened.append(typename)
            if len(opened) == 1:
                self.terminate()
            await super().set_type_codec(typename, **options)

    monkeypatch.setattr("roleferry_enrich.storage.engine.AccountConnection", Cut)
    engine = create_engine(database_url)
    work = Work()
    assert await in_transaction(engine, work) == "done"
    assert (work.runs, len(opened)) == (1, 3)
    await engine.dispose()


async def test_a_driver_that_lost_its_place_begins_anew(engine, monkeypatch) -> None:
    runs, prepare = [], asyncpg.Connection.prepare

    async def confused_once(self, *given: Any, **options: Any) -> Any:
        runs.append(self)
        if len(runs) == 1:
            raise asyncpg.InternalClientError("got result for unknown protocol state 3")
        return await prepare(self, *given, **options)

    async def work(connection) -> int | None:
        return await connection.scalar(text("SELECT 1"))

    await in_transaction(engine, Work())  # opened, so that it is the statement that fails
    monkeypatch.setattr(asyncpg.Connection, "prepare", confused_once)
    assert await in_transaction(engine, work) == 1
    assert len(runs) == 2


async def test_who_stands_still_is_undone_and_done_again(engine) -> None:
    runs = []

    async def stands_still_once(connection) -> str:
        runs.append(len(runs))
        if len(runs) == 1:
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 10"))
            await asyncio.sleep(0.2)
        return str(await connection.scalar(text("SELECT 'done'")))

    assert await in_transaction(engine, stands_still_once) == "done"
    assert len(runs) == 2


async def test_failed_work_leaves_nothing_behind(engine) -> None:
    async def work(connection) -> None:
        await connection.execute(text("CREATE TABLE left_behind ()"))
        raise LookupError

    with pytest.raises(LookupError):
        await in_transaction(engine, work)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT to_regclass('left_behind')")) is None


async def test_h50_server_that_is_not_there_is_unavailable_for_a_while() -> None:
    engine = create_engine("postgresql://postgres@/x?host=/nonexistent-folder")
    with pytest.raises(ServiceUnavailable) as refused:
        await in_transaction(engine, Work())
    assert refused.value.retry_after is not None
    await engine.dispose()


async def test_full_pool_is_unavailable_and_not_waited_for_again(database_url, monkeypatch) -> None:
    monkeypatch.setattr("roleferry_enrich.storage.engine._POOL_TIMEOUT_S", 0.05)
    engine = create_engine(database_url, pool_size=1)
    async with engine.connect():
        with pytest.raises(ServiceUnavailable):
            await in_transaction(engine, Work())
    await engine.dispose()
