"""The generator keeps to its plan, counts from the planned time and harms nobody else."""

import asyncio

import pytest
from aiohttp import web
from benchmarks.load import MOST_REQUESTS, Plan, fire, post, saturate
from tests.far_end import served


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def request(number: int) -> bytes:
    return post("/enrich", b'{"n": %d}' % number, key="test-key-bench")


async def test_every_request_of_a_plan_is_sent_once_and_answered() -> None:
    asked: list[int] = []

    async def answer(given: web.Request) -> web.StreamResponse:
        asked.append((await given.json())["n"])
        assert given.headers["authorization"] == "Bearer test-key-bench"
        return web.json_response({"n": asked[-1]}, status=200 if asked[-1] % 2 else 503)

    async with served(answer) as url:
        outcome = await fire(port_of(url), request, Plan(count=40, rate=2_000))

    assert sorted(asked) == list(range(40))
    assert outcome.statuses == {200: 20, 503: 20}
    assert (outcome.failed, outcome.lost) == (20, 0)
    assert outcome.latency.count == len(outcome.bodies) == 40


async def test_a_stall_is_counted_for_all_who_were_due_meanwhile() -> None:
    """A closed loop would have sent one request and measured one long wait."""
    open_again, waiting = asyncio.Event(), 0

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal waiting
        waiting += 1
        if waiting == 10:
            open_again.set()
        await open_again.wait()
        return web.Response()

    async with served(answer) as url:
        outcome = await fire(port_of(url), request, Plan(count=10, rate=100))

    assert outcome.statuses == {200: 10}
    # The last came when the tenth was due, 90 ms after the first.
    assert outcome.latency.largest >= 0.09


async def test_what_is_not_answered_in_time_is_lost() -> None:
    released = asyncio.Event()

    async def answer(given: web.Request) -> web.StreamResponse:
        if (await given.json())["n"] == 1:
            await released.wait()
        return web.Response()

    async with served(answer) as url:
        outcome = await fire(port_of(url), request, Plan(count=3, patience=0.3))
        released.set()

    assert outcome.lost == 1
    assert outcome.statuses == {200: 2}


async def test_a_closed_port_loses_everything_and_raises_nothing(unused_tcp_port: int) -> None:
    outcome = await fire(unused_tcp_port, request, Plan(count=5))
    assert outcome.lost == 5


async def test_a_closed_loop_has_no_more_under_way_than_its_connections() -> None:
    under_way = most = 0

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return web.Response()

    async with served(answer) as url:
        outcome = await saturate(port_of(url), request, connections=4, seconds=0.5)

    assert 1 <= most <= 4
    assert outcome.statuses[200] == outcome.latency.count > 0


@pytest.mark.parametrize(
    "plan",
    [
        {"count": 0},
        {"count": MOST_REQUESTS + 1},
        {"count": 1_000, "rate": 1.0},
        {"count": 1, "patience": 301.0},
    ],
)
def test_a_plan_without_bounds_is_refused(plan: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a plan"):
        Plan(**plan)


async def test_other_machines_are_refused() -> None:
    with pytest.raises(ValueError, match="loopback"):
        await fire(80, request, Plan(count=1), host="192.0.2.1")
