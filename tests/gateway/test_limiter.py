"""Permits over a real Redis: exact under contention, in order, given back, paused for everybody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from tests.polling import becomes
from tests.watcher import Watcher

from roleferry_enrich.errors import NoPermit, Quarantined
from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Window

NOW = timedelta(0)
SOON = timedelta(seconds=20)
TEN_AN_HOUR = Bucket("acme", "all", (Window(10, timedelta(hours=1)),))


def quick(permits: int, milliseconds: int) -> Bucket:
    return Bucket("acme", "all", (Window(permits, timedelta(milliseconds=milliseconds)),))


async def reserved(shared: RedisGuard, bucket: Bucket, count: int) -> bool:
    return await shared.redis.llen(bucket.keys()[3]) == count


async def admitted(
    limiter: Limiter, bucket: Bucket, callers: int, priority: Priority = Priority.INTERACTIVE
) -> int:
    async def call() -> int:
        try:
            await limiter.acquire(bucket, within=NOW, priority=priority)
        except NoPermit:
            return 0
        return 1

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call()) for _ in range(callers)]
    return sum(task.result() for task in tasks)


@pytest.fixture
async def colleague(redis_url: str) -> AsyncIterator[Limiter]:
    """Another process's limiter, as far as Redis can tell."""
    client = Redis.from_url(redis_url)
    yield Limiter(RedisGuard(client, patience=30.0))
    await client.aclose()


async def test_two_hundred_callers_get_exactly_the_limit_a_hundred_times(
    shared: RedisGuard,
) -> None:
    for _ in range(100):
        await shared.redis.flushdb()
        limiters = [Limiter(shared) for _ in range(4)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(admitted(lim, TEN_AN_HOUR, 50)) for lim in limiters]

        assert sum(task.result() for task in tasks) == 10


async def test_every_window_counts_and_none_is_taken_in_part(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    both = (Window(3, timedelta(seconds=60)), Window(10, timedelta(hours=1)))
    bucket = Bucket("acme", "all", both)

    assert await admitted(limiter, bucket, 20) == 3
    assert [await shared.redis.llen(log) for log in bucket.keys()[3:]] == [3, 3]


async def test_waiting_is_refused_only_beyond_what_the_caller_can_wait(shared: RedisGuard) -> None:
    limiter, bucket = Limiter(shared), quick(10, 1_000)
    await admitted(limiter, bucket, 10)

    with pytest.raises(NoPermit):
        await limiter.acquire(bucket, within=timedelta(milliseconds=1))
    assert await limiter.acquire(bucket, within=SOON) > NOW


@pytest.mark.parametrize("priority", Priority)
async def test_callers_go_in_the_order_they_came(shared: RedisGuard, priority: Priority) -> None:
    limiter, went = Limiter(shared), []

    async def call(number: int) -> None:
        await limiter.acquire(quick(5, 20), within=SOON, priority=priority)
        went.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(60):
            group.create_task(call(number))
            if number % 7 == 0:
                await asyncio.sleep(0)

    assert went == list(range(60))


async def test_nobody_of_another_process_is_overtaken(
    shared: RedisGuard, colleague: Limiter
) -> None:
    own, bucket = Limiter(shared), quick(2, 100)
    went: list[int] = []

    async def call(limiter: Limiter, number: int) -> None:
        await limiter.acquire(bucket, within=SOON)
        went.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(0, 12, 2):
            limiter = colleague if number % 4 else own
            group.create_task(call(limiter, number))
            group.create_task(call(limiter, number + 1))
            await becomes(lambda so_far=number + 2: reserved(shared, bucket, so_far))

    assert went == list(range(12))


async def test_those_who_leave_give_back_what_they_waited_for(shared: RedisGuard) -> None:
    limiter, bucket = Limiter(shared), quick(10, 500)
    await admitted(limiter, bucket, 10)
    waiting = [asyncio.create_task(limiter.acquire(bucket, within=SOON)) for _ in range(200)]
    await becomes(lambda: reserved(shared, bucket, 210))
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    await becomes(lambda: reserved(shared, bucket, 10))

    assert await limiter.acquire(bucket, within=SOON) < timedelta(seconds=9)


async def test_leaving_while_redis_is_asked_takes_nothing(shared: RedisGuard) -> None:
    limiter, bucket = Limiter(shared), quick(1000, 60_000)
    for steps in range(30):
        tasks = [asyncio.create_task(limiter.acquire(bucket, within=SOON)) for _ in range(5)]
        for _ in range(steps % 6):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    await becomes(lambda: reserved(shared, bucket, 0))

    assert await admitted(limiter, bucket, 1100) == 1000


async def test_a_batch_leaves_room_and_waits_for_its_own(shared: RedisGuard) -> None:
    limiter, bucket = Limiter(shared), quick(10, 1000)

    assert await admitted(limiter, bucket, 50, Priority.BATCH) == 7
    assert await admitted(limiter, bucket, 50) == 3
    waited = await limiter.acquire(bucket, within=SOON, priority=Priority.BATCH)
    assert NOW < waited < timedelta(seconds=10)


async def test_a_batch_that_cannot_wait_is_told_while_others_wait(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    await admitted(limiter, TEN_AN_HOUR, 10)
    patient = asyncio.create_task(
        limiter.acquire(TEN_AN_HOUR, within=timedelta(hours=2), priority=Priority.BATCH)
    )
    await asyncio.sleep(0.02)

    async with asyncio.timeout(10):
        with pytest.raises(NoPermit):
            await limiter.acquire(TEN_AN_HOUR, within=NOW, priority=Priority.BATCH)
    assert not patient.done()
    patient.cancel()


async def test_a_pause_holds_for_every_process(shared: RedisGuard, colleague: Limiter) -> None:
    await Limiter(shared).pause(TEN_AN_HOUR, timedelta(seconds=30))

    with pytest.raises(NoPermit):
        await colleague.acquire(TEN_AN_HOUR, within=timedelta(seconds=29))


async def test_a_pause_holds_for_those_who_wait_already(
    shared: RedisGuard, colleague: Limiter
) -> None:
    bucket, went = quick(1, 500), []

    async def call() -> None:
        await colleague.acquire(bucket, within=SOON)
        went.append(asyncio.get_running_loop().time())

    await admitted(colleague, bucket, 1)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(call())
        await becomes(lambda: reserved(shared, bucket, 4))
        begun = asyncio.get_running_loop().time()
        await Limiter(shared).pause(bucket, timedelta(seconds=0.7))

    assert len(went) == 3
    assert min(went) >= begun + 0.69


async def test_who_cannot_wait_for_the_end_of_a_pause_is_told(
    shared: RedisGuard, colleague: Limiter
) -> None:
    bucket = quick(1, 200)
    await admitted(colleague, bucket, 1)
    waiting = asyncio.create_task(colleague.acquire(bucket, within=timedelta(seconds=5)))
    await becomes(lambda: reserved(shared, bucket, 2))
    await Limiter(shared).pause(bucket, timedelta(seconds=60))

    with pytest.raises(NoPermit):
        await waiting


async def test_a_shorter_pause_does_not_shorten_a_longer(shared: RedisGuard) -> None:
    limiter = Limiter(shared)
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=30))
    await limiter.pause(TEN_AN_HOUR, timedelta(seconds=1))

    with pytest.raises(NoPermit):
        await limiter.acquire(TEN_AN_HOUR, within=timedelta(seconds=20))


async def test_a_lowered_rate_holds_for_every_process(
    shared: RedisGuard, colleague: Limiter
) -> None:
    watcher = Watcher()
    await Limiter(shared, watch=watcher).lower(TEN_AN_HOUR)

    assert await admitted(colleague, TEN_AN_HOUR, 20) == 7
    assert watcher.rates == [0.7]


async def test_a_poisoned_key_is_rebuilt_with_one_alert(shared: RedisGuard) -> None:
    await shared.redis.set(TEN_AN_HOUR.key, "garbage")
    watcher = Watcher()
    limiters = [Limiter(shared, watch=watcher) for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(admitted(lim, TEN_AN_HOUR, 20)) for lim in limiters]

    assert sum(task.result() for task in tasks) == 10
    assert watcher.rebuilt == ["acme"]


async def test_a_bucket_expires_by_itself(shared: RedisGuard) -> None:
    await Limiter(shared).acquire(TEN_AN_HOUR, within=NOW)
    keys = await shared.redis.keys("*")

    assert keys
    assert all([0 < await shared.redis.pttl(key) <= 3_700_000 for key in keys])


async def test_a_provider_switched_off_is_off_for_every_process(
    shared: RedisGuard, colleague: Limiter
) -> None:
    limiter = Limiter(shared)
    assert await limiter.switch_off("acme", timedelta(minutes=5), "unauthorised")
    assert not await colleague.switch_off("acme", timedelta(minutes=5), "unauthorised")

    with pytest.raises(Quarantined) as off:
        await colleague.acquire(TEN_AN_HOUR, within=SOON)
    assert (off.value.why, off.value.left is not None) == ("unauthorised", True)
    await limiter.switch_on("acme")
    assert await colleague.acquire(TEN_AN_HOUR, within=NOW) == NOW


async def test_a_provider_without_limits_is_paused_and_switched_off_all_the_same(
    shared: RedisGuard, colleague: Limiter
) -> None:
    unlimited = Bucket("acme", "all", ())
    limiter = Limiter(shared)
    assert await admitted(limiter, unlimited, 500) == 500

    await limiter.pause(unlimited, timedelta(seconds=30))
    assert await admitted(colleague, unlimited, 5) == 0
    await limiter.switch_off("acme", timedelta(seconds=60), "unauthorised")
    with pytest.raises(Quarantined):
        await colleague.acquire(unlimited, within=SOON)
