"""The Lua scripts against an oracle that counts, over generated schedules on an injected clock.

The oracle knows no bucket: it looks at every reservation that stands and counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from tests.thorough import examples

KEYS = ("{t}", "{t}:back", "{t}:off")
EPOCH = 1_700_000_000_000_000
SECOND = 1_000_000


@dataclass(frozen=True)
class Limit:
    permits: int
    period: int
    grain: int = 1


@dataclass
class Bucket:
    """The scripts over one bucket, called with whatever time it is."""

    redis: Redis
    limits: tuple[Limit, ...]
    now: int = EPOCH

    def __post_init__(self) -> None:
        self.keys = [*KEYS, *(f"{{t}}:{n}" for n in range(len(self.limits)))]
        self.windows = [n for w in self.limits for n in (w.permits, w.period, w.grain)]
        self.redis.delete(*self.keys)
        self.scripts = {name: self.redis.register_script(lua(name)) for name in NAMES}

    def reserve(self, *waits: int, batch: bool = False, owed: int = 0, silence: int = 0):
        priority = "batch" if batch else "interactive"
        args = [priority, self.now, owed, silence, *self.windows, *waits]
        off, reason, rebuilt, rate, epoch, shift, *callers = self.scripts["permit"](self.keys, args)
        return Answer(off, reason, rebuilt, rate, epoch, shift, callers)

    def release(self, epoch: int, *seqs: int) -> int:
        return self.scripts["release"](self.keys, [epoch, *self.windows, *seqs])

    def pause(self, duration: int) -> int:
        every = any(limit.grain == 1 for limit in self.limits)
        return self.scripts["pause"](self.keys, [duration, self.now, int(every)])

    def lower(self) -> int:
        return self.scripts["lower"](self.keys, [self.now])

    def admitted(self, callers: int) -> int:
        """How many of so many callers get in without waiting."""
        return sum(bool(seq) for seq in self.reserve(*[0] * callers).callers[::2])


@dataclass
class Answer:
    off: int
    reason: bytes
    rebuilt: int
    rate: int
    epoch: int
    shift: int
    callers: list[int]

    @property
    def seq(self) -> int:
        return self.callers[0]

    @property
    def wait(self) -> int:
        return self.callers[1]


NAMES = ("permit", "release", "pause", "lower", "switch", "place")


def lua(name: str) -> str:
    return (resources.files("roleferry_enrich.gateway") / "lua" / f"{name}.lua").read_text()


@dataclass
class Oracle:
    limits: tuple[Limit, ...]
    starts: list[int] = field(default_factory=list)
    back: set[int] = field(default_factory=set)
    silent_until: int = 0

    def expected_start(self, now: int, *, batch: bool) -> int:
        """The earliest time that breaks nothing, found by counting."""
        candidates = {now, self.silent_until, *self.starts[-1:]}
        candidates |= {start + w.period for start in self.starts for w in self.limits}
        floor = max(now, self.silent_until, *self.starts[-1:])
        return min(t for t in candidates if t >= floor and self._is_free(t, batch=batch))

    def _is_free(self, at: int, *, batch: bool) -> bool:
        for limit in self.limits:
            room = max(1, limit.permits * 7 // 10) if batch else limit.permits
            if sum(at - limit.period < start for start in self.starts) >= room:
                return False
        return True

    def give_back(self, seq: int) -> None:
        self.back.add(seq)
        while len(self.starts) in self.back:
            self.back.discard(len(self.starts))
            self.starts.pop()

    def pause(self, now: int, duration: int) -> None:
        until = now + duration
        if until <= self.silent_until:
            return
        self.silent_until = until
        waiting = [start for start in self.starts if start > now]
        by = until - waiting[0] if waiting else 0
        if by > 0:
            self.starts = [start + by if start > now else start for start in self.starts]

    def most_over(self) -> int:
        """By how much any period, wherever it begins, holds more than its limit."""
        return max(
            sum(start <= other < start + limit.period for other in self.starts) - limit.permits
            for limit in self.limits
            for start in self.starts or [0]
        )


@pytest.fixture(scope="module")
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


limits = st.lists(
    st.builds(Limit, st.integers(1, 9), st.integers(1, 3000).map(lambda ms: ms * 1000)),
    min_size=1,
    max_size=3,
).map(tuple)
steps = st.lists(
    st.tuples(
        st.sampled_from(("now", "now", "wait", "wait", "batch", "batch", "leave", "pause")),
        st.integers(0, 800_000),
        st.integers(0, 2_000_000),
    ),
    max_size=30,
)


@settings(
    max_examples=examples(700),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(limits=limits, steps=steps)
def test_no_schedule_gets_more_than_the_limit_nor_less(
    redis: Redis, limits: tuple[Limit, ...], steps: list[tuple[str, int, int]]
) -> None:
    bucket, oracle = Bucket(redis, limits), Oracle(limits)
    epoch = 0
    for kind, passed, amount in steps:
        bucket.now += passed
        if kind == "pause":
            bucket.pause(amount)
            oracle.pause(bucket.now, amount)
        elif kind == "leave":
            top = len(oracle.starts)
            leaving = {top - n for n in range(min(5, top)) if amount >> n & 1} - oracle.back
            bucket.release(epoch, *leaving)
            for seq in leaving:
                oracle.give_back(seq)
        else:
            longest = amount if kind == "wait" else 0
            start = oracle.expected_start(bucket.now, batch=kind == "batch")
            answer = bucket.reserve(longest, batch=kind == "batch")
            assert answer.wait == start - bucket.now
            assert bool(answer.seq) == (answer.wait <= longest)
            if answer.seq:
                oracle.starts.append(start)
                epoch = answer.epoch
            assert answer.seq in {0, len(oracle.starts)}
    assert oracle.most_over() <= 0


@settings(max_examples=examples(70), deadline=None)
@given(
    permits=st.integers(1_001, 4_000),
    steps=st.lists(st.tuples(st.integers(0, 900_000), st.integers(1, 900)), max_size=12),
)
def test_a_large_limit_is_kept_to_within_a_thousandth_and_never_passed(
    redis: Redis, permits: int, steps: list[tuple[int, int]]
) -> None:
    limit = Limit(permits, SECOND, -(-permits // 1000))
    bucket, taken = Bucket(redis, (limit,)), []
    for passed, callers in steps:
        bucket.now += passed
        count = bucket.admitted(callers)
        recent = sum(n for at, n in taken if at > bucket.now - SECOND)
        assert recent + count <= permits
        assert recent + count >= min(recent + callers, permits - limit.grain)
        taken.append((bucket.now, count))


def test_a_full_bucket_is_free_again_after_a_whole_period(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))

    assert bucket.admitted(200) == 10
    bucket.now += SECOND - 1
    assert bucket.admitted(200) == 0
    bucket.now += 1
    assert bucket.admitted(200) == 10


def test_a_batch_leaves_thirty_percent(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))
    batch = sum(bool(bucket.reserve(0, batch=True).seq) for _ in range(50))

    assert (batch, bucket.admitted(50)) == (7, 3)


def test_who_asks_for_a_share_never_waits_for_a_batch(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND), Limit(300, 60 * SECOND)))
    waits, batch = [], 0
    for tick in range(600):
        bucket.now += SECOND // 20
        batch += sum(bool(seq) for seq in bucket.reserve(*[0] * 50, batch=True).callers[::2])
        if tick % 14 == 0:  # 1.4 a second, of 5 that are allowed in the long run
            waits.append(bucket.reserve(5 * SECOND).wait)

    assert set(waits) == {0}
    assert batch > 150


def test_a_refusal_lowers_the_rate_and_clean_minutes_raise_it(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(100, SECOND),))
    bucket.reserve(0)

    assert bucket.lower() == 700
    bucket.now += SECOND // 2
    assert bucket.lower() == 700, "calls refused together are one lesson"
    bucket.now += SECOND
    assert bucket.lower() == 490
    bucket.now += 2 * SECOND
    assert bucket.admitted(200) == 49
    bucket.now += 118 * SECOND
    assert (bucket.reserve(0).rate, bucket.admitted(200)) == (590, 58)
    bucket.now += 9 * 60 * SECOND
    assert (bucket.reserve(0).rate, bucket.admitted(200)) == (1000, 99)


def test_the_rate_is_lowered_to_a_tenth_at_most(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(100, SECOND),))
    for _ in range(20):
        rate = bucket.lower()
        bucket.now += 2 * SECOND

    assert rate == 100
    assert bucket.admitted(200) == 10


def test_a_lowered_rate_does_not_shut_a_bucket_that_is_fuller(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(100, 3600 * SECOND),))
    assert bucket.admitted(90) == 90
    bucket.lower()

    assert bucket.reserve(0).wait <= 90 * 36 * SECOND


def test_a_pause_moves_those_who_wait_and_keeps_their_order(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(2, SECOND),))
    before = bucket.reserve(*[5 * SECOND] * 6)
    bucket.now += SECOND // 2
    bucket.pause(10 * SECOND)
    after = bucket.reserve(60 * SECOND)

    assert before.callers[1::2] == [0, 0, SECOND, SECOND, 2 * SECOND, 2 * SECOND]
    assert after.shift == 10 * SECOND - SECOND // 2
    assert after.wait == 12 * SECOND


def test_permits_used_without_redis_count_when_it_is_back(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))
    answer = bucket.reserve(*[0] * 20, owed=6)

    assert sum(bool(seq) for seq in answer.callers[::2]) == 4


def test_a_pause_the_caller_knows_of_holds_in_an_empty_bucket(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))

    assert bucket.reserve(0, silence=3 * SECOND).wait == 3 * SECOND


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_jumps_an_hour_costs_at_most_a_burst(redis: Redis, seconds: int) -> None:
    bucket = Bucket(redis, (Limit(10, 60 * SECOND),))
    bucket.admitted(10)
    bucket.now += seconds * SECOND
    answer = bucket.reserve(0)

    assert (answer.wait, bool(answer.rebuilt)) == (0, seconds < 0)
    assert bucket.admitted(50) == 9


@pytest.mark.parametrize("poison", ["nan", "inf", "-5", "1e308", "words", ""])
@pytest.mark.parametrize("name", ["seq", "pause", "last", "factor", "tat:10/1000000"])
def test_garbage_in_a_bucket_is_thrown_out_once(redis: Redis, poison: str, name: str) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))
    bucket.reserve(0)
    redis.hset(bucket.keys[0], name, poison)

    assert [bool(bucket.reserve(0).rebuilt) for _ in range(3)] == [True, False, False]
    assert bucket.admitted(50) == 7


@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_key_of_another_type_is_replaced_once(redis: Redis, place: int) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))
    redis.set(bucket.keys[place], "garbage")

    assert [bool(bucket.reserve(0).rebuilt) for _ in range(3)] == [True, False, False]


def test_what_was_reserved_before_a_flush_is_not_given_back_after(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(2, SECOND),))
    before = bucket.reserve(0)
    redis.delete(*bucket.keys)
    bucket.now += 1
    after = bucket.reserve(0)

    assert (bucket.release(before.epoch, before.seq), before.seq, after.seq) == (0, 1, 1)


def test_a_crowd_that_leaves_together_takes_nothing_with_it(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(5, SECOND), Limit(40, 60 * SECOND)))
    answer = bucket.reserve(*[20 * SECOND] * 30)
    seqs = answer.callers[::2]

    assert bucket.release(answer.epoch, *seqs[5:28:2]) == 0
    assert bucket.release(answer.epoch, *seqs[6:29:2], seqs[29]) == 25
    assert bucket.reserve(2 * SECOND).wait == SECOND


def test_all_keys_end_by_themselves(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(5, SECOND), Limit(40, 60 * SECOND)))
    answer = bucket.reserve(0, 0)
    bucket.release(answer.epoch, 1)
    bucket.pause(5 * SECOND)

    assert all(0 < redis.pttl(key) <= 70_000 for key in bucket.keys if redis.exists(key))


def test_a_provider_switched_off_is_tried_by_one_caller_afterwards(redis: Redis) -> None:
    bucket = Bucket(redis, (Limit(10, SECOND),))
    off = bucket.scripts["switch"]

    assert off([KEYS[2]], [30 * SECOND, "unauthorised", bucket.now]) == 1
    assert off([KEYS[2]], [30 * SECOND, "unauthorised", bucket.now]) == 0
    during = bucket.reserve(60 * SECOND)
    assert (during.off, during.reason, during.seq) == (30 * SECOND, b"unauthorised", 0)
    bucket.now += 30 * SECOND
    after = bucket.reserve(0, 0, 0)
    assert [bool(seq) for seq in after.callers[::2]] == [True, False, False]
    assert after.off == 15 * SECOND
    off([KEYS[2]], [0, "", bucket.now])
    assert bucket.admitted(3) == 3


def test_a_place_is_free_when_it_is_left_or_its_lease_ends(redis: Redis) -> None:
    redis.delete("{t}:places")
    place = redis.register_script(lua("place"))

    def enter(who: str, now: int) -> int:
        return place(["{t}:places"], [2, 5 * SECOND, who, now])

    assert [enter(who, EPOCH) for who in "abc"] == [1, 1, 0]
    redis.zrem("{t}:places", "a")
    assert [enter(who, EPOCH + 4 * SECOND) for who in "cd"] == [1, 0]
    assert [enter(who, EPOCH + 5 * SECOND) for who in "de"] == [1, 0]
