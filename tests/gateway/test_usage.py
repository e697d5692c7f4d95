"""Asking what is left of a quota: through the gates, one process of all, and for nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis
from tests.acme import Acme
from tests.far_end import served
from tests.gates import gates_of
from tests.gateway.wire import comes_true, wire_to
from tests.watcher import Watcher

from roleferry_enrich.domain.quotas import Quota, QuotaTold, QuotaUnit
from roleferry_enrich.errors import (
    BreakerOpen,
    BudgetSpent,
    ProviderUnauthorised,
    ProviderUnavailable,
    Quarantined,
)
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.usage import Usage
from roleferry_enrich.providers.contract import Call, Conversation, Window, ask

PERIOD = timedelta(seconds=30)
AT = datetime(2026, 11, 1, tzinfo=UTC)


class Telling(Acme):
    """Acme, if it had a usage endpoint; `credits` is what asking it would cost."""

    def __init__(self, credits: int = 0) -> None:
        self._credits = credits

    def usage(self) -> Conversation[Quota | None]:
        reply = yield from ask(Call.get("/usage").costing(self._credits))
        left = reply.record().number("left")
        return None if left is None else Quota(remaining=left)


class Broken(Acme):
    def usage(self) -> Conversation[Quota | None]:
        yield from ask(Call.get("/usage"))
        raise KeyError("left")


@dataclass
class FarEnd:
    status: int = 200
    left: float | None = 950.5
    calls: list[str] = field(default_factory=list)
    hangs: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(request.headers["X-Key"])
        if self.hangs:
            await asyncio.sleep(30)
        return web.json_response(
            {"left": self.left}, status=self.status, headers={"x-left": "7", "x-seconds": "60"}
        )


@dataclass
class Process:
    gates: Gates
    usage: Usage
    watcher: Watcher
    channel: Channel

    async def knows(self) -> QuotaTold | None:
        return (await self.gates.quotas.known(["acme"])).get("acme")


@asynccontextmanager
async def process(
    url: str, redis_url: str, provider: Acme | None = None, *, policy: BreakerPolicy | None = None
) -> AsyncIterator[Process]:
    client, watcher = Redis.from_url(redis_url), Watcher()
    channel = Channel(
        provider=provider or Telling(),
        key=Credential("test-key-first"),
        spare_keys=(Credential("test-key-second"),),
        base_url=url,
        permits=(Window(10, timedelta(minutes=1)),),
    )
    async with client, aiohttp.ClientSession() as session:
        shared = RedisGuard(client, patience=0.5, rest=0.05)
        gates = gates_of(shared, session, watcher)
        if policy is not None:
            clock = asyncio.get_running_loop().time
            breaker = Breaker(policy, clock=clock, random=Random(1))
            gates = replace(gates, breakers={"acme": breaker})
        yield Process(gates, Usage({"acme": channel}, gates, shared), watcher, channel)


async def test_what_one_process_was_told_all_can_tell(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        told = await one.usage.ask("acme")
        assert told is not None
        assert told.quota == Quota(remaining=950.5)
        assert await other.knows() == await one.knows() == told

    assert one.watcher.quotas == {"acme": 950.5}
    assert [record.capability for record in one.watcher.records] == ["usage"]


async def test_of_all_processes_one_asks_in_a_period(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        rounds = (each.usage.round(PERIOD) for each in (one, other) * 5)
        await asyncio.gather(*rounds)
        assert len(far_end.calls) == 1
        assert 26_000 < await redis.pttl("rfe:{acme}:asked") <= 27_000
        await redis.delete("rfe:{acme}:asked")
        await other.usage.round(PERIOD)

    assert len(far_end.calls) == 2


async def test_without_redis_nobody_asks(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    far_end = FarEnd()
    async with (
        served(far_end.answer) as url,
        wire_to(redis, tmp_path) as wire,
        process(url, wire.url) as one,
    ):
        await wire.cut()
        await one.usage.round(PERIOD)

        assert far_end.calls == []
        assert await one.knows() is None


@pytest.mark.parametrize("status", [200, 500])
async def test_how_it_ends_is_no_statistic_of_the_breaker(
    redis: Redis, redis_url: str, status: int
) -> None:
    far_end, policy = FarEnd(status), BreakerPolicy(minimum_calls=1, failure_rate=0.1)
    async with served(far_end.answer) as url, process(url, redis_url, policy=policy) as one:
        for _ in range(3):
            if status == 200:
                await one.usage.ask("acme")
            else:
                with pytest.raises(ProviderUnavailable):
                    await one.usage.ask("acme")
        breaker = one.gates.breakers["acme"]
        assert (breaker.state, len(breaker._calls)) == ("closed", 0)

    assert len(far_end.calls) == 3  # none was made again
    assert one.watcher.refused_retries == 0


async def test_it_is_no_trial_of_a_provider_that_recovers(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    policy = BreakerPolicy(minimum_calls=1, open_for=timedelta(0))
    async with served(far_end.answer) as url, process(url, redis_url, policy=policy) as one:
        breaker = one.gates.breakers["acme"]
        with breaker.admit() as admission:
            admission.failed()
        with pytest.raises(BreakerOpen):
            await one.usage.ask("acme")
        with breaker.admit(), pytest.raises(BreakerOpen):
            await one.usage.ask("acme")
        assert breaker.state == "half_open"

    assert far_end.calls == []


async def test_a_refused_key_is_found_out_by_it(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(401)
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        with pytest.raises(ProviderUnauthorised):
            await one.usage.ask("acme")
        await one.usage.round(PERIOD)

    assert far_end.calls == ["test-key-first", "test-key-second"]
    assert one.watcher.quarantines == [("acme", "unauthorised")]


async def test_it_is_no_trial_of_a_provider_that_was_put_off(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        quarantine = one.gates.standing.quarantine
        quarantine.adopt("acme", timedelta(0), "quota_spent")
        with pytest.raises(Quarantined):
            await one.usage.ask("acme")
        assert far_end.calls == []
        await _call(one)
        assert not quarantine.is_known("acme")
        await one.usage.ask("acme")

    assert len(far_end.calls) == 2


async def test_a_quota_that_is_told_by_a_refused_key_does_not_heal_it(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd()
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        assert one.channel.key is not None
        refused = ProviderUnauthorised("status 403: not in the key's scope")
        await one.gates.standing.learn(one.channel, one.channel.key, refused)
        (key,) = [name for name in await redis.hkeys("rfe:{acme}:keys") if b":" not in name]
        await redis.hset("rfe:{acme}:keys", key, 0)
        await one.usage.ask("acme")
        assert await redis.hexists("rfe:{acme}:keys", key)

    assert far_end.calls == ["test-key-first"]


async def test_it_leaves_the_permits_to_others(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        bucket = one.channel.bucket(Call.get("/"))
        for _ in range(7):
            await one.gates.limiter.acquire(bucket, within=timedelta(0))
        asking = asyncio.create_task(one.usage.ask("acme"))
        await one.gates.limiter.acquire(bucket, within=timedelta(0))
        asking.cancel()
        await asyncio.wait([asking])

    assert far_end.calls == []


async def test_what_would_cost_is_not_asked(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    async with served(far_end.answer) as url, process(url, redis_url, Telling(credits=1)) as one:
        with pytest.raises(BudgetSpent):
            await one.usage.ask("acme")

    assert far_end.calls == []


async def test_a_provider_that_hangs_or_an_adapter_that_fails_ends_no_round(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(hangs=True)
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        await one.usage.round(PERIOD)  # ends with the call's own timeout of a second
    far_end.hangs = False
    await redis.flushdb()
    async with served(far_end.answer) as url, process(url, redis_url, Broken()) as one:
        await one.usage.round(PERIOD)
        assert await one.knows() is None

    assert len(far_end.calls) == 2


async def test_who_cannot_tell_is_not_asked(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(left=None)
    async with (
        served(far_end.answer) as url,
        process(url, redis_url, Acme()) as silent,
        process(url, redis_url) as unwilling,
    ):
        off = replace(unwilling.channel, enabled=False)
        assert (
            Usage({"acme": off}, unwilling.gates, RedisGuard(redis, patience=30.0)).askable() == ()
        )
        assert silent.usage.askable() == ()
        assert await silent.usage.ask("acme") is None
        assert far_end.calls == []
        assert await unwilling.usage.ask("acme") is None
        assert await unwilling.knows() is None


async def test_it_is_asked_again_and_again_and_ends_with_its_block(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd()
    async with served(far_end.answer) as url, process(url, redis_url) as one:
        async with one.usage.asked_every(timedelta(milliseconds=20)):
            assert await comes_true(lambda: len(far_end.calls) >= 3)
            assert "usage" in running()
        assert "usage" not in running()
        async with one.usage.asked_every(timedelta(0)):
            assert "usage" not in running()


def running() -> set[str]:
    return {task.get_name() for task in asyncio.all_tasks()}


async def test_headers_are_heard_and_shared_when_the_round_comes(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd()
    async with (
        served(far_end.answer) as url,
        process(url, redis_url, Acme()) as one,
        process(url, redis_url, Acme()) as other,
    ):
        await _call(one)
        assert await other.knows() is None
        await one.usage.round(PERIOD)
        own, shared = await one.knows(), await other.knows()

    assert own == shared
    assert own is not None
    assert (own.quota.remaining, own.quota.unit) == (7, QuotaUnit.REQUESTS)


async def test_the_newest_is_told(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd()
    old = QuotaTold(quota=Quota(remaining=1), at=AT)
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.gates.quotas.tell("acme", old)
        await other.usage.ask("acme")
        told = await one.knows()
        assert told is not None
        assert told.quota.remaining == 950.5
        await redis.set("rfe:{acme}:quota", b"\xc1 not ours")
        assert await one.knows() == old


async def _call(one: Process) -> None:
    terms = Terms(deadline=asyncio.get_running_loop().time() + 5, purse=Purse(None))
    errand = Errand(channel=one.channel, capability="find_company", terms=terms)
    await one.gates.send(Call.get("/company"), errand)
