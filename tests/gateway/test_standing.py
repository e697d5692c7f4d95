"""Several keys of one provider, over real sockets: which is used, and who learns of a refusal."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis
from tests.acme import Acme
from tests.far_end import served
from tests.gates import gates_of
from tests.gateway.wire import wire_to
from tests.watcher import Watcher

from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.key_switches import KeySwitches
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Call, Window

FIRST, SECOND, THIRD = "test-key-first", "test-key-second", "test-key-third"
PLENTY = Window(1000, timedelta(seconds=1))
KEYS_KEY = "rfe:{acme}:keys"


@dataclass
class FarEnd:
    """Serves whoever brings a good key; anything else meets `refusal`."""

    good: set[str]
    refusal: int = 401
    calls: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        key = request.headers["X-Key"]
        self.calls.append(key)
        return web.json_response({}, status=200 if key in self.good else self.refusal)


@dataclass
class Caller:
    gates: Gates
    watcher: Watcher
    channel: Channel
    errands: list[Errand] = field(default_factory=list)

    async def outcome(self, within: float = 5, credits: int = 0) -> str:
        deadline = asyncio.get_running_loop().time() + within
        terms = Terms(deadline=deadline, purse=Purse(None))
        errand = Errand(channel=self.channel, capability="find_company", terms=terms)
        self.errands.append(errand)
        try:
            await self.gates.send(Call.get("/company").costing(credits), errand)
        except ProviderError as error:
            return error.outcome
        except CallSkipped as skipped:
            return skipped.reason
        return "answered"

    async def outcomes(self, callers: int) -> Counter[str]:
        return Counter(await asyncio.gather(*(self.outcome() for _ in range(callers))))


@asynccontextmanager
async def process(
    url: str, redis_url: str, *keys: str, permits: Window = PLENTY
) -> AsyncIterator[Caller]:
    """What one process of ours has: its own gates over the shared Redis."""
    client, watcher = Redis.from_url(redis_url), Watcher()
    first, *spare = map(Credential, keys or (FIRST, SECOND))
    channel = Channel(
        provider=Acme(),
        key=first,
        spare_keys=tuple(spare),
        base_url=url,
        permits=(permits,),
    )
    async with client, aiohttp.ClientSession() as session:
        gates = gates_of(RedisGuard(client, patience=5.0, rest=0.05), session, watcher)
        yield Caller(gates, watcher, channel)


async def sentence_over(redis: Redis, *callers: Caller) -> None:
    """Let the time pass for which refused keys are left alone."""
    for caller in callers:
        for sentence in caller.gates.standing._keys._sentences.values():
            sentence.until -= 400
    for name, value in (await redis.hgetall(KEYS_KEY)).items():
        if not name.endswith(b":probe"):
            await redis.hset(KEYS_KEY, name, int(value) - 400_000_000)


async def test_the_first_key_is_used_as_long_as_it_is_good(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({FIRST, SECOND})
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        assert await caller.outcomes(10) == Counter(answered=10)

    assert set(far_end.calls) == {FIRST}
    assert await redis.hgetall(KEYS_KEY) == {}


@pytest.mark.parametrize("refusal", [401, 403])
async def test_a_refused_call_is_made_again_at_once_with_the_next_key(
    redis: Redis, redis_url: str, refusal: int
) -> None:
    far_end = FarEnd({SECOND}, refusal)
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        first = await caller.outcome()
        later = await caller.outcomes(20)

    assert first == "answered"
    assert later == Counter(answered=20)
    assert far_end.calls == [FIRST] + [SECOND] * 21
    assert caller.watcher.refused_keys == [("acme", 1, 2)]
    assert caller.watcher.quarantines == []
    assert caller.gates.breakers["acme"].state == "closed"
    assert caller.watcher.refused_retries == 0


async def test_a_refused_key_is_not_charged_for(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({SECOND})
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        await caller.outcome(credits=1)

    (errand,) = caller.errands
    assert [(call.attempt, call.outcome, call.cost) for call in errand.calls] == [
        (1, "unauthorised", 0),
        (2, "found", 10_000),
    ]


async def test_every_call_takes_a_permit_whatever_its_key(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        process(url, redis_url, permits=Window(3, timedelta(hours=1))) as caller,
    ):
        outcomes = [await caller.outcome() for _ in range(3)]

    assert outcomes == ["answered", "answered", "no_permit"]
    assert far_end.calls == [FIRST, SECOND, SECOND]


async def test_all_processes_learn_of_it(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        assert await other.outcomes(30) == Counter(answered=30)

    assert far_end.calls.count(FIRST) == 1
    assert other.watcher.refused_keys == []


async def test_of_many_that_meet_the_refusal_at_once_all_are_served_and_one_tells(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        outcomes = sum(await asyncio.gather(one.outcomes(15), other.outcomes(15)), Counter())

    assert outcomes == Counter(answered=30)
    assert len(one.watcher.refused_keys + other.watcher.refused_keys) == 1


async def test_only_when_all_keys_are_refused_the_provider_is_off(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(set())
    keys = (FIRST, SECOND, THIRD)
    async with (
        served(far_end.answer) as url,
        process(url, redis_url, *keys) as one,
        process(url, redis_url, *keys) as other,
    ):
        first = await one.outcome()
        later = await one.outcomes(20) + await other.outcomes(20)

    assert (first, later) == ("unauthorised", Counter(quarantined=40))
    assert far_end.calls == [*keys]
    assert one.watcher.refused_keys == [("acme", 1, 3), ("acme", 2, 3), ("acme", 3, 3)]
    assert one.watcher.quarantines == [("acme", "unauthorised")]
    assert other.watcher.quarantines == []
    assert one.watcher.seen_off == other.watcher.seen_off == {"acme": True}


async def test_a_spent_quota_is_the_providers_and_not_the_keys(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd({SECOND}, 402)
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        assert await caller.outcome() == "quota_spent"
        assert await caller.outcome() == "quarantined"

    assert far_end.calls == [FIRST]


async def test_a_refused_key_does_not_heal_before_its_time(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({SECOND})
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        await caller.outcome()
        far_end.good.add(FIRST)
        await caller.outcomes(10)
        await redis.flushdb()  # Redis loses its memory; the process does not
        await caller.outcomes(10)

    assert far_end.calls.count(FIRST) == 1
    assert await redis.hlen(KEYS_KEY) == 2  # it was told again


async def test_when_its_time_is_over_one_call_tries_the_first_key_again(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        await sentence_over(redis, one, other)
        assert await one.outcomes(10) + await other.outcomes(10) == Counter(answered=20)
        assert far_end.calls.count(FIRST) == 2
        far_end.good.add(FIRST)
        await sentence_over(redis, one, other)
        assert await other.outcome() == "answered"
        calls = len(far_end.calls)
        await one.outcomes(5)
        await other.outcomes(5)

    assert set(far_end.calls[calls:]) == {FIRST}
    assert len(one.watcher.refused_keys) == 1
    assert other.watcher.served_keys == [("acme", 1, 2)]


async def test_an_operator_who_lifts_a_quarantine_is_heard_by_all(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(set())
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        await other.outcome()
        far_end.good = {FIRST}
        assert await one.outcome() == "quarantined"
        assert await KeySwitches(RedisGuard(redis, patience=30.0)).lift("acme")
        one.gates.standing._look_every_s = other.gates.standing._look_every_s = 0.0
        assert await one.outcomes(5) + await other.outcomes(5) == Counter(answered=10)
        assert not await KeySwitches(RedisGuard(redis, patience=30.0)).lift("acme")

    assert far_end.calls[2:] == [FIRST] * 10
    assert one.watcher.seen_off == other.watcher.seen_off == {"acme": False}


async def test_who_was_lifted_and_is_refused_again_is_put_off_again(
    redis: Redis, redis_url: str
) -> None:
    far_end = FarEnd(set())
    async with served(far_end.answer) as url, process(url, redis_url, FIRST) as caller:
        caller.gates.standing._look_every_s = 0.0
        await caller.outcome()
        await KeySwitches(RedisGuard(redis, patience=30.0)).lift("acme")
        outcomes = [await caller.outcome() for _ in range(3)]

    assert outcomes == ["unauthorised", "quarantined", "quarantined"]
    assert len(caller.watcher.quarantines) == 2


async def test_without_redis_a_process_finds_out_and_tells_later(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        wire_to(redis, tmp_path) as wire,
        process(url, wire.url) as one,
        process(url, redis_url) as other,
    ):
        await wire.cut()
        assert await one.outcomes(3) == Counter(answered=3)
        refused = far_end.calls.count(FIRST)
        assert await one.outcomes(5) == Counter(answered=5)
        assert far_end.calls.count(FIRST) == refused
        await wire.join()
        await asyncio.sleep(0.06)
        assert await one.outcome() == "answered"
        assert await other.outcome() == "answered"
        assert far_end.calls.count(FIRST) == refused


async def test_neither_redis_nor_a_repr_knows_a_key(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd(set())
    async with served(far_end.answer) as url, process(url, redis_url) as caller:
        await caller.outcome()
        channel = repr(caller.channel)

    said = channel.encode()
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        said += key + repr(await redis.hgetall(key) if kind == b"hash" else kind).encode()
    assert b"rfe:{acme}:keys" in said
    assert b"test-key" not in said


async def test_what_is_put_off_is_told_as_all_know_it(redis: Redis, redis_url: str) -> None:
    far_end = FarEnd({SECOND})
    async with (
        served(far_end.answer) as url,
        process(url, redis_url) as one,
        process(url, redis_url) as other,
    ):
        await one.outcome()
        told = await other.gates.standing.sentences(other.channel)
        far_end.good.clear()
        await one.outcome()
        off = await other.gates.standing.sentences(other.channel)

    assert (told.provider, told.reason, told.keys[1]) == (timedelta(0), None, timedelta(0))
    assert timedelta(minutes=4) < told.keys[0] <= timedelta(minutes=5)
    assert off.reason == "unauthorised"
    assert timedelta(minutes=4) < min(off.provider, *off.keys)
