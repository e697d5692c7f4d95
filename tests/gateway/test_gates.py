"""One call through all gates, over real sockets; what reached the provider is counted there."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis
from tests.acme import Acme
from tests.books import NoBooks
from tests.far_end import served
from tests.gates import gates_of, now
from tests.polling import becomes
from tests.watcher import Watcher

from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.errors import (
    CallSkipped,
    NoPermit,
    ProviderError,
    ProviderRateLimited,
    ProviderUnavailable,
    Quarantined,
)
from roleferry_enrich.gateway.books import Intent
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.retry import RetryPolicy
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.providers.contract import Call, Window
from roleferry_enrich.providers.replies import Reply

CALL = Call.get("/company")
TEN_AN_HOUR = Window(10, timedelta(hours=1))
NEVER = BreakerPolicy(minimum_calls=10**9)


@dataclass
class Caller:
    gates: Gates
    watcher: Watcher
    channel: Channel

    async def send(
        self, within: float = 5, priority: Priority = Priority.INTERACTIVE, call: Call = CALL
    ) -> None:
        deadline = asyncio.get_running_loop().time() + within
        terms = Terms(deadline=deadline, purse=Purse(None), priority=priority)
        errand = Errand(channel=self.channel, capability="find_company", terms=terms)
        await self.gates.send(call, errand)

    async def outcome(self, within: float = 5) -> str:
        try:
            await self.send(within)
        except ProviderError as error:
            return error.outcome
        except CallSkipped as skipped:
            return skipped.reason
        return "answered"

    async def outcomes(self, callers: int, within: float = 5) -> Counter[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.outcome(within)) for _ in range(callers)]
        return Counter(task.result() for task in tasks)

    def with_breaker(self, policy: BreakerPolicy) -> "Caller":
        clock = asyncio.get_running_loop().time
        breakers = {"acme": Breaker(policy, clock=clock, random=Random(1))}
        return replace(self, gates=replace(self.gates, breakers=breakers))

    def with_permits(self, *permits: Window) -> "Caller":
        return replace(self, channel=replace(self.channel, permits=permits))


class Settled(NoBooks):
    """Books that keep what was settled."""

    def __init__(self) -> None:
        self.settled: list[tuple[CallRecord, Reply | None]] = []

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None:
        self.settled.append((record, reply))


class Untold(Limiter):
    """A limiter that never comes to telling the others of a pause."""

    def __init__(self, limiter: Limiter, told: asyncio.Event) -> None:
        self.__dict__.update(vars(limiter))
        self._told = told

    async def pause(self, bucket: Bucket, duration: timedelta) -> None:
        self._told.set()
        await asyncio.Event().wait()


class FarEnd:
    def __init__(self, reply: Callable[[int], web.Response | None]) -> None:
        self._reply = reply
        self.calls = 0

    async def answer(self, _: web.Request) -> web.StreamResponse:
        self.calls += 1
        reply = self._reply(self.calls)
        if reply is None:
            await asyncio.sleep(30)
        return reply or web.Response()


def always(status: int, **headers: str) -> Callable[[int], web.Response]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.json_response({}, status=status, headers=names)


@asynccontextmanager
async def process(url: str, redis_url: str, permits: int = 1000) -> AsyncIterator[Caller]:
    """What one process of ours has: its own gates over the shared Redis."""
    client, watcher = Redis.from_url(redis_url), Watcher()
    channel = Channel(
        provider=Acme(),
        key=Credential("test-key-acme"),
        base_url=url,
        permits=(Window(permits, timedelta(seconds=1)),),
    )
    async with client, aiohttp.ClientSession() as session:
        yield Caller(
            gates_of(RedisGuard(client, patience=30.0), session, watcher), watcher, channel
        )


async def test_of_two_hundred_at_most_three_try_out_a_broken_provider(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(lambda n: None if n > 10 else web.Response(status=500))
    policy = BreakerPolicy(open_for=timedelta(milliseconds=400))
    async with served(far_end.answer) as url, process(url, redis_url) as plain:
        caller = plain.with_breaker(policy)
        while caller.gates.breakers["acme"].state != "open":
            await caller.outcome()
        reached = far_end.calls
        await asyncio.sleep(0.5)
        outcomes = await caller.outcomes(200)

    assert reached <= 10
    assert far_end.calls - reached <= 3
    assert outcomes["breaker_open"] >= 197


async def test_retries_add_a_fifth_at_most(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(always(503))
    async with served(far_end.answer) as url, process(url, redis_url) as plain:
        caller = plain.with_breaker(NEVER)
        for _ in range(10):
            await caller.outcomes(20)

    assert 200 < far_end.calls <= 240
    assert caller.watcher.refused_retries > 0


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_dead_key_is_tried_once_by_the_whole_fleet(
    redis: Redis, redis_url: str, status: int
) -> None:
    far_end = FarEnd(always(status))
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        first = await one.outcome()
        outcomes = await other.outcomes(30) + await one.outcomes(30)

    assert first in {"unauthorised", "quota_spent"}
    assert (far_end.calls, outcomes) == (1, Counter(quarantined=60))
    assert len(one.watcher.quarantines + other.watcher.quarantines) == 1
    assert one.gates.breakers["acme"].state == "closed"


async def test_the_end_of_a_quarantine_is_one_probe_for_the_whole_fleet(
    redis: Redis, redis_url: str
) -> None:
    still_refused = always(402, Retry_After="1")
    far_end = FarEnd(lambda n: still_refused(n) if n <= 2 else None)
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        assert await one.outcome() == "quota_spent"
        await asyncio.sleep(1.05)
        probed = await one.outcomes(20) + await other.outcomes(20)
        assert (far_end.calls, probed) == (2, Counter(quota_spent=1, quarantined=39))
        await asyncio.sleep(1.05)
        await asyncio.gather(one.outcomes(20, within=1), other.outcomes(20, within=1))

    assert far_end.calls == 3
    assert len(one.watcher.quarantines + other.watcher.quarantines) == 1


async def test_a_provider_that_serves_us_again_is_back_for_all(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(lambda n: always(402, Retry_After="1")(n) if n == 1 else always(200)(n))
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        await asyncio.sleep(1.05)
        assert await one.outcome() == "answered"
        outcomes = await other.outcomes(10) + await one.outcomes(10)

    assert outcomes == Counter(answered=20)


async def test_a_throttle_without_a_word_lowers_the_rate(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(lambda n: always(429)(n) if n <= 5 else always(200)(n))
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        await caller.outcomes(5)

    assert caller.watcher.rates[0] == 0.7
    assert caller.gates.breakers["acme"].state == "closed"


SECONDS_FROM_NOW = 40


def date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=SECONDS_FROM_NOW), usegmt=True)


def epoch() -> str:
    return str(int(datetime.now(UTC).timestamp()) + SECONDS_FROM_NOW)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry_After": lambda: "40"}, 39, 40),
        ({"Retry_After": date}, 37, 40),
        ({"Retry_After": lambda: "1" + "0" * 9}, 3590, 3600),
        ({"X_Left": lambda: "0", "X_Reset": epoch}, 37, 40),
        ({"Retry_After": lambda: "-5"}, 0, 1),
        ({"Retry_After": lambda: "abc"}, 0, 1),
        ({"Retry_After": lambda: "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, 1),
        ({"Retry_After": lambda: "1e9"}, 0, 1),
        ({"Retry_After": lambda: "0"}, 0, 1),
        ({"X_Left": lambda: "0", "X_Reset": lambda: "1e400"}, 0, 1),
        ({"X_Left": lambda: "0", "X_Reset": lambda: "-40"}, 0, 1),
        ({"X_Left": lambda: "0", "X_Reset": lambda: "40"}, 0, 1),  # 1970, where an epoch is meant
        ({"X_Left": lambda: "0", "X_Seconds": lambda: "40"}, 39, 40),
        ({"X_Left": lambda: "0", "X_Seconds": epoch}, 3590, 3600),  # an epoch where seconds are
        ({}, 0, 1),
    ],
)
async def test_a_throttle_pauses_every_process_for_as_long_as_it_says(
    redis: Redis,
    redis_url: str,
    headers: dict[str, Callable[[], str]],
    least: int,
    most: int,
) -> None:
    reply = always(429, **{name: value() for name, value in headers.items()})
    far_end = FarEnd(reply)
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        once = replace(one, gates=replace(one.gates, retry=RetryPolicy(attempts=1)))
        await once.outcome(within=30)
        bucket = other.channel.bucket(CALL)
        pause = int(await redis.hget(bucket.key, "pause")) / 1e6
        server_seconds, micros = await redis.time()

    assert least - 1 <= pause - server_seconds - micros / 1e6 <= most
    assert far_end.calls == 1


async def test_no_wait_is_longer_than_what_is_left(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(always(503, Retry_After="30"))
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        async with asyncio.timeout(5):
            with pytest.raises(ProviderUnavailable):
                await caller.send(within=10)

    assert far_end.calls == 1


async def test_a_pause_a_failing_provider_asks_for_holds_for_all(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(always(503, Retry_After="30"))
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        assert await other.outcome(within=1) == "no_permit"

    assert far_end.calls == 1


async def test_who_waited_does_not_call_past_a_breaker_that_opened(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(always(500))
    async with served(far_end.answer) as url, process(url, redis_url, permits=2) as plain:
        caller = plain.with_breaker(BreakerPolicy(minimum_calls=2))
        outcomes = await caller.outcomes(6)

    assert far_end.calls == 2
    assert outcomes == Counter(failed=2, breaker_open=4)


async def test_a_throttle_is_told_as_one_and_with_its_time(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(always(429, Retry_After="30"))
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        with pytest.raises(ProviderRateLimited) as limited:
            await caller.send()

    assert limited.value.retry_after == timedelta(seconds=30)


async def test_what_failed_is_told_although_it_could_not_be_repeated(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(always(503))
    policy = BreakerPolicy(minimum_calls=1)
    async with served(far_end.answer) as url, process(url, redis_url) as plain:
        with pytest.raises(ProviderUnavailable):
            await plain.with_breaker(policy).send()

    assert far_end.calls == 1


async def test_a_key_that_dies_while_others_wait_is_not_tried_by_them(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(always(401))
    async with served(far_end.answer) as url, process(url, redis_url, permits=1) as caller:
        outcomes = await caller.outcomes(4)

    assert outcomes == Counter(unauthorised=1, quarantined=3)
    assert far_end.calls == 1


async def test_a_batch_is_counted_as_one(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(always(200))
    async with served(far_end.answer) as url, process(url, redis_url) as plain:
        caller = plain.with_permits(TEN_AN_HOUR)
        for _ in range(7):
            await caller.send(priority=Priority.BATCH)
        with pytest.raises(NoPermit):
            await caller.send(priority=Priority.BATCH)
        await caller.send()

    assert far_end.calls == 8


async def test_h37_ten_thousand_who_leave_at_any_moment_leave_nothing_behind(
    redis: Redis, redis_url: str
) -> None:
    far_end, random = FarEnd(always(200)), Random(11)
    async with served(far_end.answer) as url, process(url, redis_url, permits=5000) as caller:
        await caller.send()
        tasks_before = len(asyncio.all_tasks())
        shared = caller.gates.limiter._buckets._shared.redis
        for _ in range(200):
            tasks = [asyncio.create_task(caller.outcome()) for _ in range(50)]
            for task in tasks:
                for _ in range(random.randrange(4)):
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.wait(tasks)
        await becomes(lambda: idle(caller, tasks_before))
        replies = [await shared.echo(f"{n}") for n in range(50)]
        held = await redis.zcard("rfe:{acme}:places")

    assert replies == [f"{n}".encode() for n in range(50)]
    assert not shared.connection_pool._in_use_connections
    assert held == 0


async def test_a_reply_is_settled_before_anybody_else_is_told(redis: Redis, redis_url: str) -> None:
    """Who goes while others are told of a pause has been answered, and has paid."""
    books, told = Settled(), asyncio.Event()
    far_end = FarEnd(always(200, x_left="0", x_seconds="60"))
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        till = Till(books, watch=caller.watcher, secret=b"test-secret")
        limiter = Untold(caller.gates.limiter, told)
        gates = replace(caller.gates, till=till, limiter=limiter)
        task = asyncio.create_task(replace(caller, gates=gates).send(call=CALL.costing(1)))
        await told.wait()
        task.cancel()
        await asyncio.wait([task])

    assert task.cancelled()
    assert [(record.cost, reply.status) for record, reply in books.settled] == [(10_000, 200)]


@pytest.mark.parametrize("hours", [-1, 1])
async def test_h36_a_wall_clock_that_jumps_opens_nothing_and_gives_nothing_away(
    redis: Redis, redis_url: str, hours: int
) -> None:
    ours = timedelta(0)

    def reply(n: int) -> web.Response:
        nonlocal ours
        ours = timedelta(hours=hours) * (n % 2)
        return web.json_response({})

    far_end = FarEnd(reply)
    async with served(far_end.answer) as url, process(url, redis_url) as plain:
        gates = replace(plain.gates, now=lambda: now() + ours)
        caller = replace(plain.with_permits(TEN_AN_HOUR), gates=gates)
        outcomes = await caller.outcomes(7) + await caller.outcomes(50)

    assert outcomes == Counter(answered=10, no_permit=47)
    assert far_end.calls == 10
    assert gates.breakers["acme"].state == "closed"
    latencies = [record.latency for record in caller.watcher.records]
    assert len(latencies) == 10
    assert all(timedelta(0) <= latency < timedelta(minutes=1) for latency in latencies)


async def idle(caller: Caller, tasks_before: int) -> bool:
    line = caller.gates.lines["acme"]
    return line._value == 20 and len(asyncio.all_tasks()) <= tasks_before


async def test_quarantine_is_an_outcome_with_its_reason(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(always(403))
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        await caller.outcome()
        with pytest.raises(Quarantined) as off:
            await caller.send()

    assert off.value.why == "unauthorised"
