"""A fleet that is asked the same at once asks the provider once, whatever becomes of the first."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from redis.asyncio import Redis
from tests.acme import Acme
from tests.far_end import served
from tests.gateway.test_gateway import ORLA, PERSON, FarEnd, gateway, name_in, terms
from tests.gateway.wire import comes_true

from roleferry_enrich.domain.outcomes import CacheLevel, Skipped, Troubled
from roleferry_enrich.domain.queries import PersonQuery
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Answer, Call, Conversation, ask, offers

ROOT = Path(__file__).parents[2]
IVO = {"person": {"name": "Ivo Marsh", "title": "CEO"}}


class Gate:
    """Answers all who ask once it is opened."""

    def __init__(self, *replies: dict[str, object] | int) -> None:
        self._replies = replies
        self.calls = 0
        self.opened = asyncio.Event()

    async def answer(self, _: web.Request) -> web.StreamResponse:
        reply = self._replies[min(self.calls, len(self._replies) - 1)]
        self.calls += 1
        await self.opened.wait()
        if isinstance(reply, int):
            return web.Response(status=reply)
        return web.json_response(reply)


@asynccontextmanager
async def fleet(url: str, redis_url: str, size: int = 4) -> AsyncIterator[list[Gateway]]:
    """Gateways that share nothing but Redis."""
    async with AsyncExitStack() as stack:
        gates = []
        for _ in range(size):
            client = await stack.enter_async_context(Redis.from_url(redis_url))
            shared = RedisGuard(client, patience=5.0)
            gate, _ = await stack.enter_async_context(
                gateway(FarEnd(), shared, base_url=url, timeout=timedelta(seconds=20))
            )
            gates.append(gate)
        yield gates


@asynccontextmanager
async def process(
    redis_url: str, url: str, askers: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.gateway.flight_process", redis_url, url, str(askers)),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> dict[str, object]:
    out, _ = await process.communicate()
    return json.loads(out)


async def test_a_thousand_equal_questions_to_four_gateways_are_one_call(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url) as gates:
        asked = [
            asyncio.create_task(gate.ask(PERSON, terms(30))) for _ in range(250) for gate in gates
        ]
        assert await comes_true(lambda: far_end.calls == 1)
        far_end.opened.set()
        reports = await asyncio.gather(*asked)

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert (far_end.calls, sum(report.cost for report in reports)) == (1, 10_000)
    assert [report.cached for report in reports].count(None) == 1
    assert {report.cached for report in reports} == {None, CacheLevel.TWIN}


async def test_a_thousand_equal_questions_to_four_processes_are_one_call(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, AsyncExitStack() as stack:
        started = [await stack.enter_async_context(process(redis_url, url, 250)) for _ in range(4)]
        assert await comes_true(lambda: far_end.calls == 1, within=30)
        far_end.opened.set()
        answers = await asyncio.gather(*(said(each) for each in started))

    assert [answer["names"] for answer in answers] == [["Orla Fenwick"]] * 4
    assert sorted(answer["cost"] for answer in answers) == [0, 0, 0, 10_000]
    assert far_end.calls == 1


async def test_when_the_leader_is_killed_one_other_takes_over(redis: Redis, redis_url: str) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 3) as gates:
        async with process(redis_url, url, 1) as leader:
            assert await comes_true(lambda: far_end.calls == 1, within=30)
            asked = [asyncio.create_task(gate.ask(PERSON, terms(30))) for gate in gates * 100]
            leader.kill()
        assert await comes_true(lambda: far_end.calls == 2)
        far_end.opened.set()
        reports = await asyncio.gather(*asked)

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert (far_end.calls, sum(report.cost for report in reports)) == (2, 10_000)


async def test_a_leader_at_work_keeps_its_turn(redis: Redis, redis_url: str) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 1) as (leader,):
        asked = asyncio.create_task(leader.ask(PERSON, terms(30)))
        assert await comes_true(lambda: far_end.calls == 1)
        turn = f"{leader._question(PERSON).key}:turn"
        # As if most of its time were over.
        await redis.pexpire(turn, 1_500)

        async def is_renewed() -> bool:
            return await redis.pttl(turn) > 1_500

        assert await comes_true(is_renewed)
        far_end.opened.set()
        await asked
        assert not await redis.exists(turn)


async def test_what_the_leader_was_refused_another_asks_for_itself(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(400, ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 2) as (leader, other):
        first = asyncio.create_task(leader.ask(PERSON, terms(30)))
        assert await comes_true(lambda: far_end.calls == 1)
        second = asyncio.create_task(other.ask(PERSON, terms(30)))
        far_end.opened.set()
        reports = await asyncio.gather(first, second)

    assert reports[0].outcome.kind == "refused"
    assert name_in(reports[1]) == "Orla Fenwick"


async def test_a_leader_without_money_holds_up_nobody(redis: Redis, redis_url: str) -> None:
    far_end = Gate(ORLA)
    far_end.opened.set()
    async with served(far_end.answer) as url, fleet(url, redis_url, 2) as (leader, other):
        poor, rich = await asyncio.gather(
            leader.ask(PERSON, terms(30, cap=0)), other.ask(PERSON, terms(30))
        )

    assert poor.outcome == Skipped("budget_spent") or poor.cached is CacheLevel.TWIN
    assert name_in(rich) == "Orla Fenwick"


class Faulty(Acme):
    """Has a bug."""

    @offers(("email",), gives=("title", "full_name"), credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        yield from ask(Call.get("/person"))
        raise RuntimeError("a bug")


async def test_a_leader_with_a_bug_holds_up_nobody(redis: Redis, redis_url: str) -> None:
    far_end = Gate(ORLA)
    async with (
        served(far_end.answer) as url,
        fleet(url, redis_url, 1) as (other,),
        gateway(FarEnd(), RedisGuard(redis, patience=30.0), base_url=url, provider=Faulty()) as (
            leader,
            _,
        ),
    ):
        first = asyncio.create_task(leader.ask(PERSON, terms(30)))
        assert await comes_true(lambda: far_end.calls == 1)
        second = asyncio.create_task(other.ask(PERSON, terms(30)))
        far_end.opened.set()
        await asyncio.wait({first, second})

    assert first.result().outcome == Troubled("failed", "the adapter failed: RuntimeError")
    assert name_in(second.result()) == "Orla Fenwick"


async def test_the_leaders_cancel_cancels_nobody(redis: Redis, redis_url: str) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 2) as (leader, other):
        first = asyncio.create_task(leader.ask(PERSON, terms(30)))
        assert await comes_true(lambda: far_end.calls == 1)
        second = asyncio.create_task(other.ask(PERSON, terms(30)))
        first.cancel()
        far_end.opened.set()
        report = await second

    assert (name_in(report), far_end.calls) == ("Orla Fenwick", 1)


async def test_whoever_waits_for_another_process_waits_no_longer_than_it_may(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 1) as (gate,):
        key = gate._question(PERSON).key
        await redis.set(f"{key}:turn", "somebody who hangs", px=60_000)
        report = await gate.ask(PERSON, terms(-19.9))

    assert (report.outcome, far_end.calls) == (Skipped("deadline_too_near"), 0)


async def test_a_newer_answer_is_taken_from_the_process_that_has_it(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(ORLA, IVO)
    far_end.opened.set()
    async with served(far_end.answer) as url, fleet(url, redis_url, 2) as (one, other):
        await asyncio.gather(one.ask(PERSON, terms(30)), other.ask(PERSON, terms(30)))
        anew = await one.ask(PERSON, terms(30, age=timedelta(0)))
        reports = await asyncio.gather(*(gate.ask(PERSON, terms(30)) for gate in (one, other)))

    assert name_in(anew) == "Ivo Marsh"
    assert {name_in(report) for report in reports} <= {"Orla Fenwick", "Ivo Marsh"}
    assert far_end.calls == 2


async def test_without_redis_each_process_asks_once(redis_url: str) -> None:
    far_end = Gate(ORLA)
    far_end.opened.set()
    nowhere = "redis://127.0.0.1:1/0"
    async with served(far_end.answer) as url, fleet(url, nowhere, 4) as gates:
        reports = await asyncio.gather(
            *(gate.ask(PERSON, terms(30)) for gate in gates for _ in range(100))
        )

    assert {name_in(report) for report in reports} == {"Orla Fenwick"}
    assert (far_end.calls, sum(report.cost for report in reports)) == (4, 40_000)


async def test_a_storm_of_cancelled_askers_leaves_nothing_behind(
    redis: Redis, redis_url: str
) -> None:
    far_end = Gate(ORLA)
    async with served(far_end.answer) as url, fleet(url, redis_url, 1) as (gate,):
        before = len(asyncio.all_tasks())
        asked = [asyncio.create_task(gate.ask(PERSON, terms(30))) for _ in range(10_000)]
        assert await comes_true(lambda: far_end.calls == 1)
        for task in asked:
            task.cancel()
        await asyncio.wait(asked)
        far_end.opened.set()
        await gate.drain()
        assert await comes_true(lambda: len(asyncio.all_tasks()) <= before + 2)
        report = await gate.ask(PERSON, terms(30))

        assert not await redis.keys("*:turn")
    assert (name_in(report), report.cached, far_end.calls) == (
        "Orla Fenwick",
        CacheLevel.MEMORY,
        1,
    )
