"""Quotas over a real Redis: exact in every window, shared, and kept to without Redis."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Disconnected
from tests.polling import becomes

from roleferry_enrich.accounts.admission import Quotas
from roleferry_enrich.accounts.quotas import Quota, QuotaExceeded, QuotaLeft
from roleferry_enrich.accounts.shared_counts import SharedCounts, counts_key
from roleferry_enrich.gateway.redis_guard import RedisGuard

USUAL = Quota(per_minute=100, per_hour=1_000, per_day=10_000)
T0 = 1_800_000_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@dataclass
class Watch:
    refused: list[str] = field(default_factory=list)
    local: int = 0
    rebuilt: int = 0

    def quota_refused(self, window: str) -> None:
        self.refused.append(window)

    def quota_kept_locally(self, count: int) -> None:
        self.local += count

    def quota_rebuilt(self) -> None:
        self.rebuilt += 1


@pytest.fixture
async def shared(redis_url: str) -> AsyncIterator[RedisGuard]:
    client = Redis.from_url(redis_url)
    yield RedisGuard(client, patience=5.0)
    await client.aclose()


@pytest.fixture
def account() -> UUID:
    return uuid4()


def quotas(shared: RedisGuard, quota: Quota = USUAL, **options: object) -> Quotas:
    async def agreed(_: UUID) -> Quota:
        return quota

    return Quotas(shared, agreed, **options)


async def let_in(quotas: Quotas, account: UUID, requests: int) -> int:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(quotas, account)) for _ in range(requests)]
    return sum(task.result() for task in tasks)


async def _one(quotas: Quotas, account: UUID) -> bool:
    try:
        await quotas.admit(account)
    except QuotaExceeded:
        return False
    return True


async def test_four_processes_let_in_exactly_the_quota(shared, account):
    processes = [quotas(shared) for _ in range(4)]

    counts = await asyncio.gather(*(let_in(one, account, 50) for one in processes))

    assert sum(counts) == 100


async def test_an_account_hears_what_is_left_in_every_window(shared, account):
    left = await quotas(shared).admit(account)

    assert left.headers() == {
        "RateLimit-Policy": '"minute";q=100;w=60, "hour";q=1000;w=3600, "day";q=10000;w=86400',
        "RateLimit": '"minute";r=99;t=60, "hour";r=999;t=3600, "day";r=9999;t=86400',
    }


async def test_a_refusal_names_the_window_and_uses_up_no_other(shared, account):
    watch = Watch()
    one = quotas(shared, Quota(per_minute=100, per_hour=2), watch=watch)
    await let_in(one, account, 2)

    with pytest.raises(QuotaExceeded) as refused:
        await one.admit(account)

    assert refused.value.violated == ("hour",)
    assert [it.left for it in refused.value.standing.windows] == [98, 0]
    assert timedelta(minutes=59) < refused.value.retry_after <= timedelta(hours=1)
    assert watch.refused == ["hour"]


async def test_accounts_are_counted_apart_and_who_has_no_quota_not_at_all(shared, account):
    one = quotas(shared, Quota(per_minute=1))
    assert await let_in(one, account, 2) == 1
    assert await let_in(one, uuid4(), 1) == 1

    unlimited = uuid4()
    assert await quotas(shared, Quota(per_minute=0)).admit(unlimited) == QuotaLeft(())
    assert not await shared.redis.exists(counts_key(unlimited))


async def test_a_crowd_of_one_account_is_one_question_to_redis(shared, account):
    asked = (await shared.redis.info("commandstats")).get("cmdstat_evalsha", {"calls": 0})["calls"]

    await let_in(quotas(shared), account, 80)

    now = (await shared.redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    assert now - asked <= 3  # one not known yet to Redis, and sent again


@given(
    gaps=st.lists(st.sampled_from([0, 1, 400, 999, 7_000, 31_000, 59_999, MINUTE]), min_size=1),
    per_minute=st.integers(1, 5),
    per_hour=st.integers(1, 12),
)
@settings(max_examples=200)
def test_no_window_wherever_it_begins_holds_more_and_few_hold_less(
    redis_url, gaps, per_minute, per_hour
):
    quota = Quota(per_minute=per_minute, per_hour=per_hour)
    limits = [(per_minute, MINUTE), (per_hour, HOUR)]

    admitted: list[int] = []
    for now, count in asyncio.run(_run(redis_url, quota, gaps)):
        certain = all(
            sum(now - length - length // 60 < at for at in admitted) < limit
            for limit, length in limits
        )
        assert count or not certain, "refused, though every window has room"
        admitted += [now] * count

    for limit, length in limits:
        assert max(sum(at <= it < at + length for it in admitted) for at in admitted) <= limit


async def _run(redis_url: str, quota: Quota, gaps: list[int]) -> list[tuple[int, int]]:
    account, now, told = uuid4(), T0, []
    async with Redis.from_url(redis_url) as client:
        counts = SharedCounts(RedisGuard(client, patience=5.0))
        for gap in gaps:
            now += gap
            told.append((now, (await counts.admit(account, quota, 1, 0, now_ms=now)).admitted))
    return told


async def test_a_burst_is_forgotten_at_once_a_window_later(shared, account):
    counts = SharedCounts(shared)
    await counts.admit(account, USUAL, 100, 0, now_ms=T0)

    refused = await counts.admit(account, USUAL, 1, 0, now_ms=T0 + MINUTE - 1)
    again = await counts.admit(account, USUAL, 100, 0, now_ms=T0 + MINUTE)

    assert refused.admitted == 0
    assert refused.left.windows[0].reset == timedelta(milliseconds=1)
    assert again.admitted == 100


async def test_a_clock_set_back_keeps_nobody_out_for_longer_than_a_window(shared, account):
    counts = SharedCounts(shared)
    await counts.admit(account, USUAL, 100, 0, now_ms=T0 + DAY)

    early = await counts.admit(account, USUAL, 1, 0, now_ms=T0)

    assert early.admitted == 0
    assert early.left.windows[0].reset == timedelta(minutes=1)


@pytest.mark.parametrize("spoilt", [b"not packed", b"\x93\x01\x02\xc0", b"\x92\x01\x02"])
async def test_what_others_wrote_is_thrown_away_and_told(shared, account, spoilt):
    watch = Watch()
    await shared.redis.hset(counts_key(account), str(MINUTE), spoilt)

    assert (await quotas(shared, watch=watch).admit(account)).windows[0].left == 99
    assert watch.rebuilt == 1


async def test_a_key_of_another_kind_is_thrown_away(shared, account):
    await shared.redis.set(counts_key(account), "not a hash")

    assert (await quotas(shared).admit(account)).windows[0].left == 99


async def test_what_is_kept_goes_with_the_longest_window(shared, account):
    await quotas(shared).admit(account)

    assert 0 < await shared.redis.pttl(counts_key(account)) <= DAY + 1_000


PLENTY = Quota(per_minute=100_000)


async def questions(shared: RedisGuard) -> int:
    stats = await shared.redis.info("commandstats")
    return stats.get("cmdstat_evalsha", {"calls": 0})["calls"]


async def counted(shared: RedisGuard, account: UUID, quota: Quota) -> int:
    (window,) = (await SharedCounts(shared).admit(account, quota, 0, 0)).left.windows
    return window.window.requests - window.left


async def test_who_asks_again_and_again_with_room_for_thousands_is_counted_ahead(shared, account):
    one, before = quotas(shared, PLENTY), await questions(shared)

    for _ in range(500):
        await one.admit(account)

    assert await questions(shared) - before < 100


async def test_what_was_counted_ahead_and_not_needed_goes_back(shared, account):
    one = quotas(shared, PLENTY)
    for _ in range(70):
        await one.admit(account)

    async def only_those_who_came() -> bool:
        return await counted(shared, account, PLENTY) == 70

    await becomes(only_those_who_came)


async def test_near_its_end_a_quota_is_exact_however_many_were_counted_ahead(shared, account):
    quota = Quota(per_minute=3_000)
    processes = [quotas(shared, quota) for _ in range(4)]

    counts = await asyncio.gather(*(one_by_one(one, account, 1_500) for one in processes))

    assert sum(counts) == 3_000


async def one_by_one(quotas: Quotas, account: UUID, requests: int) -> int:
    return sum([await _one(quotas, account) for _ in range(requests)])


async def test_what_goes_back_twice_over_makes_no_room(shared, account):
    counts = SharedCounts(shared)
    await counts.admit(account, USUAL, 60, 0, now_ms=T0)

    back = await counts.admit(account, USUAL, 0, -90, now_ms=T0 + 1)

    assert [it.left for it in back.left.windows] == [100, 1_000, 10_000]
    assert (await counts.admit(account, USUAL, 200, 0, now_ms=T0 + 2)).admitted == 100


class Away(RedisGuard):
    """A guard whose Redis comes and goes."""

    is_away = True

    async def call(self, command):
        if self.is_away:
            self.redis = self.redis
            command.close()
            return await super().call(_disconnected())
        self._down_until = 0.0
        return await super().call(command)


async def _disconnected() -> None:
    raise Disconnected


async def test_without_redis_each_process_keeps_to_its_share_and_tells_of_it(redis_url, account):
    async with Redis.from_url(redis_url) as client:
        guard, watch = Away(client, patience=5.0), Watch()
        one = quotas(guard, Quota(per_minute=100), instances=4, watch=watch)

        assert await let_in(one, account, 60) == 25
        with pytest.raises(QuotaExceeded) as refused:
            await one.admit(account)
        assert refused.value.violated == ("minute",)
        assert timedelta(0) < refused.value.retry_after <= timedelta(seconds=61)
        assert watch.local == 25

        guard.is_away = False
        assert (await one.admit(account)).windows[0].left == 74


async def test_what_redis_let_in_counts_when_it_goes_away(redis_url, account):
    async with Redis.from_url(redis_url) as client:
        guard = Away(client, patience=5.0)
        guard.is_away = False
        one = quotas(guard, Quota(per_minute=10))
        await let_in(one, account, 7)

        guard.is_away = True
        assert await let_in(one, account, 7) == 3
