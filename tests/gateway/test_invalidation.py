"""What is forgotten stays forgotten: in other processes, on its way, and when nobody could hear."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from tests.gateway.test_cache import DAY, answer, found, keep, make
from tests.gateway.wire import Wire, comes_true, wire_to

from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.invalidation import (
    CHANNEL,
    REMEMBERED_S,
    SILENCE_S,
    Fence,
)
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def wire(redis: Redis) -> AsyncIterator[Wire]:
    # Not tmp_path: a socket's path may have no more than about a hundred bytes.
    with TemporaryDirectory() as directory:
        async with wire_to(redis, Path(directory)) as wire:
            yield wire


@pytest.fixture
async def listener(wire: Wire) -> AsyncIterator[Cache]:
    """Another process, at the end of the wire."""
    client = Redis.from_url(wire.url, socket_connect_timeout=1)
    cache = make(RedisGuard(client, patience=5.0, rest=0.05))
    async with cache.listening():
        assert await comes_true(lambda: cache.is_told)
        yield cache
    await client.aclose()


@pytest.fixture
async def cache(shared: RedisGuard, listener: Cache) -> Cache:
    return make(shared)


@pytest.fixture
async def key(cache: Cache) -> str:
    return cache.key(b"acme", b"find_person", b"orla@quillmere.test")


async def test_another_process_forgets_what_it_had_in_memory(
    cache: Cache, listener: Cache, key: str
) -> None:
    await keep(listener, key, answer("Orla"))
    assert listener.in_memory(key)
    await cache.forget(key)

    assert await comes_true(lambda: listener.in_memory(key) is None)
    assert await found(listener, key) is None
    assert await found(cache, key) is None


async def test_an_answer_forgotten_while_it_is_got_is_not_kept(
    cache: Cache, listener: Cache, key: str
) -> None:
    mine, theirs = await cache.look(key, ""), await listener.look(key, "")
    await cache.forget(key)
    await cache.land(key, "", mine.begun, answer("Orla"), DAY)
    await listener.land(key, "", theirs.begun, answer("Orla"), DAY)

    assert await found(cache, key) is None
    assert await found(listener, key) is None


async def test_what_is_asked_after_it_was_forgotten_is_kept(
    cache: Cache, listener: Cache, key: str
) -> None:
    await cache.forget(key)
    assert await comes_true(lambda: listener.is_forgotten(key, 0))
    await keep(listener, key, answer("Orla"))

    assert await found(cache, key) is not None


async def test_an_answer_got_by_a_process_that_hears_nothing_is_not_kept(
    cache: Cache, shared: RedisGuard, key: str
) -> None:
    deaf = make(shared)
    began = await deaf.look(key, "")
    await cache.forget(key)
    await deaf.land(key, "", began.begun, answer("Orla"), DAY)

    assert await found(make(shared), key) is None


async def test_memory_is_emptied_and_off_until_the_process_hears_again(
    cache: Cache, listener: Cache, wire: Wire, key: str
) -> None:
    await keep(listener, key, answer("Orla"))
    await wire.cut()
    assert await comes_true(lambda: listener.in_memory(key) is None)
    await cache.forget(key)
    await wire.join()
    assert await comes_true(lambda: listener.is_told)

    assert await found(listener, key) is None
    await keep(listener, key, answer("Ivo"))
    assert listener.in_memory(key)


async def test_a_wire_that_went_dead_without_a_word_is_noticed(
    cache: Cache, listener: Cache, wire: Wire, key: str
) -> None:
    await keep(listener, key, answer("Orla"))
    wire.go_dead()
    await cache.forget(key)

    assert await comes_true(lambda: listener.in_memory(key) is None)
    wire.revive()
    assert await comes_true(lambda: listener.is_told)
    assert await found(listener, key) is None


async def test_an_answer_got_while_nobody_could_be_heard_is_not_kept(
    cache: Cache, listener: Cache, wire: Wire, key: str
) -> None:
    began = await listener.look(key, "")
    await wire.cut()
    assert await comes_true(lambda: not listener.is_told)
    await cache.forget(key)
    # Redis was emptied meanwhile too: it no longer knows that anything was forgotten.
    await cache._shared.redis.flushdb()
    await wire.join()
    assert await comes_true(lambda: listener.is_told)
    await listener.land(key, "", began.begun, answer("Orla"), DAY)

    assert await found(cache, key) is None


async def test_a_redis_restored_from_an_old_copy_brings_nothing_back(
    cache: Cache, listener: Cache, wire: Wire, redis: Redis, key: str
) -> None:
    await keep(cache, key, answer("Orla"))
    old_copy = await redis.dump(f"{key}:answer")
    await cache.forget(key)
    assert await comes_true(lambda: listener.is_forgotten(key, 0))
    await wire.cut()
    assert await comes_true(lambda: not listener.is_told)
    await redis.flushdb()
    await redis.restore(f"{key}:answer", 60_000, old_copy)
    await wire.join()
    assert await comes_true(lambda: listener.is_told)

    assert not await redis.exists(f"{key}:answer")


async def test_a_process_whose_redis_is_away_says_that_others_were_not_told(
    listener: Cache, wire: Wire, key: str
) -> None:
    await keep(listener, key, answer("Orla"))
    await wire.cut()

    with pytest.raises(RedisDown):
        await listener.forget(key)
    assert listener.in_memory(key) is None


@pytest.mark.parametrize("noise", [b"", b"\xff\xfe", b"no key", b"x" * 100_000, b" "])
async def test_noise_on_the_channel_changes_nothing(
    listener: Cache, redis: Redis, key: str, noise: bytes
) -> None:
    await keep(listener, key, answer("Orla"))
    other = listener.key(b"other")
    await keep(listener, other, answer("Ivo"))
    await redis.publish(CHANNEL, noise)
    await make(RedisGuard(redis, patience=30.0)).forget(other)

    assert await comes_true(lambda: listener.in_memory(other) is None)
    assert listener.in_memory(key)


async def test_nothing_of_listening_is_left_behind(cache: Cache, redis: Redis) -> None:
    async def subscribers() -> int:
        return dict(await redis.pubsub_numsub(CHANNEL))[CHANNEL.encode()]

    before = await subscribers()
    async with cache.listening():
        assert await comes_true(lambda: cache.is_told)
    assert not cache.is_told

    async def is_as_before() -> bool:
        return await subscribers() <= before

    assert await comes_true(is_as_before)


def test_a_dead_wire_is_noticed_within_the_two_seconds_that_are_promised() -> None:
    # Silent until it is asked, then silent until it counts as dead.
    assert 2 * SILENCE_S < 2


FORGETTING = st.lists(st.sampled_from(["a", "b", "c", "all", "stamp"]), max_size=40)


@given(FORGETTING, st.integers(1, 5))
def test_a_fence_never_holds_what_was_forgotten_since(events: list[str], limit: int) -> None:
    fence = Fence(Clock(), limit=limit)
    stamps: list[tuple[int, set[str]]] = []
    for event in events:
        match event:
            case "stamp":
                stamps.append((fence.stamp(), set()))
            case "all":
                fence.forget_all()
                stamps = [(stamp, {"a", "b", "c"}) for stamp, _ in stamps]
            case key:
                fence.forget(key)
                stamps = [(stamp, gone | {key}) for stamp, gone in stamps]

    for stamp, gone in stamps:
        assert not [key for key in gone if fence.holds(key, stamp)]
    assert all(fence.holds(key, fence.stamp()) for key in "abc")
    assert len(fence.recent()) <= limit


def test_a_fence_holds_what_nobody_forgot() -> None:
    fence = Fence(Clock())
    stamp = fence.stamp()
    fence.forget("a")

    assert fence.holds("b", stamp)
    assert not fence.holds("a", stamp)


def test_a_fence_forgets_in_time_what_was_forgotten() -> None:
    clock = Clock()
    fence = Fence(clock)
    stamp = fence.stamp()
    fence.forget("a")
    clock.now = REMEMBERED_S + 1
    fence.forget("b")

    assert fence.recent() == ("b",)
    assert not fence.holds("a", stamp)
