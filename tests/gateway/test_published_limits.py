"""What providers count, as the sandbox plays them: fixed windows that begin whenever they like."""

import math
from datetime import timedelta
from random import Random

import pytest
from redis import Redis
from tests.gateway.test_permit_script import EPOCH, NAMES, lua

from roleferry_enrich.gateway.buckets import MICRO, Bucket
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.meter import Meter

LONGEST_WAIT = 290 * MICRO
ON_THE_WAY_S = 0.02
"""Two calls may take so differently long to arrive."""


def buckets() -> dict[str, Bucket]:
    found = {}
    for name, provider in catalogue().items():
        lanes = {"all": provider.spec.permits, **provider.spec.lanes}
        found |= {f"{name}-{lane}": Bucket(name, lane, of) for lane, of in lanes.items() if of}
    return found


def starts_of_who_asks_always(redis: Redis, bucket: Bucket, count: int) -> list[float]:
    """When calls may go out, in seconds, if there are always more waiting."""
    permit = redis.register_script(lua(NAMES[0]))
    redis.delete(*bucket.keys())
    now, starts = EPOCH, []
    while len(starts) < count:
        args = ["interactive", now, 0, 0, *bucket.arguments(), *[LONGEST_WAIT] * 200]
        callers = permit(bucket.keys(), args)[6:]
        waits = [wait for seq, wait in zip(callers[::2], callers[1::2], strict=True) if seq]
        starts += [(now + wait) / MICRO for wait in waits]
        now += max(waits, default=callers[1])
    return starts[:count]


def refusals(bucket: Bucket, arrivals: list[float], offset: float) -> int:
    """How many of the calls a provider refuses whose windows begin at `offset`."""
    clock = [0.0]
    meter = Meter(bucket.windows, lambda: clock[0])
    refused = 0
    for clock[0] in sorted(at + offset for at in arrivals):
        standing = meter.take("key")
        refused += standing is not None and not standing.allowed
    return refused


@pytest.mark.parametrize("bucket", buckets().values(), ids=buckets().keys())
def test_no_provider_refuses_who_keeps_to_its_limit(redis_url: str, bucket: Bucket) -> None:
    random = Random(7)
    with Redis.from_url(redis_url) as redis:
        starts = starts_of_who_asks_always(redis, bucket, 3_000)
    for _ in range(20):
        arrivals = [start + random.random() * ON_THE_WAY_S for start in starts]
        assert refusals(bucket, arrivals, random.uniform(0, 86_400)) == 0


@pytest.mark.parametrize(
    "window",
    [Window(15, timedelta(seconds=1)), Window(200, timedelta(minutes=1)),
     Window(600, timedelta(minutes=5)), Window(2_500, timedelta(seconds=10))],
    ids=str,
)  # fmt: skip
def test_nearly_all_of_a_limit_is_used(redis_url: str, window: Window) -> None:
    periods = 20
    with Redis.from_url(redis_url) as redis:
        bucket = Bucket("acme", "all", (window,))
        starts = starts_of_who_asks_always(redis, bucket, window.permits * periods)

    took = starts[-1] - starts[0] + window.period.total_seconds()
    allowed = window.permits * math.floor(took / window.period.total_seconds())
    assert len(starts) >= 0.95 * allowed
