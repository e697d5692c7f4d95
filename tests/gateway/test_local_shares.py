"""What a process allows itself while Redis is away."""

from datetime import timedelta

import pytest

from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.local_shares import LocalShares
from roleferry_enrich.gateway.shared_buckets import Refused, Reserved
from roleferry_enrich.providers.contract import Window

NOW = timedelta(0)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def bucket(permits: int, seconds: float = 10) -> Bucket:
    return Bucket("acme", "all", (Window(permits, timedelta(seconds=seconds)),))


def admitted(
    shares: LocalShares, wanted: Bucket, callers: int, priority: Priority = Priority.INTERACTIVE
) -> int:
    decisions = [shares.reserve(wanted, priority, NOW) for _ in range(callers)]
    return sum(isinstance(decision, Reserved) for decision in decisions)


@pytest.mark.parametrize(("permits", "instances"), [(10, 1), (10, 2), (10, 4), (600, 7), (3, 3)])
def test_the_shares_of_all_are_the_limit_at_most(permits: int, instances: int) -> None:
    clock = Clock()
    shares = [LocalShares(instances, clock) for _ in range(instances)]
    for _ in range(5):
        total = sum(admitted(share, bucket(permits), permits * 2) for share in shares)
        assert permits - instances < total <= permits
        clock.now += 10.2


def test_few_permits_for_many_processes_keep_to_the_limit_over_time() -> None:
    clock = Clock()
    shares = [LocalShares(8, clock) for _ in range(8)]
    total = 0
    for _ in range(100):
        total += sum(admitted(share, bucket(2), 3) for share in shares)
        clock.now += 10

    assert total <= 2 * 100 + 8


def test_what_redis_gave_counts_against_the_share() -> None:
    shares = LocalShares(2, Clock())
    for _ in range(4):
        shares.took(bucket(10), NOW)

    assert admitted(shares, bucket(10), 50) == 1


def test_a_batch_leaves_room() -> None:
    shares = LocalShares(1, Clock())

    assert admitted(shares, bucket(10), 50, Priority.BATCH) == 7
    assert admitted(shares, bucket(10), 50) == 3


def test_waits_are_told_and_kept_in_order() -> None:
    clock = Clock()
    shares, wanted = LocalShares(1, clock), bucket(2)
    waits = [
        shares.reserve(wanted, Priority.INTERACTIVE, timedelta(seconds=60)).wait for _ in range(6)
    ]

    assert [round(wait.total_seconds()) for wait in waits] == [0, 0, 10, 10, 20, 20]
    assert isinstance(shares.reserve(wanted, Priority.INTERACTIVE, timedelta(seconds=29)), Refused)


def test_a_pause_holds_and_ends() -> None:
    clock = Clock()
    shares = LocalShares(1, clock)
    shares.pause(bucket(10), timedelta(seconds=5))
    shares.pause(bucket(10), timedelta(seconds=1))

    assert admitted(shares, bucket(10), 1) == 0
    clock.now += 5
    assert admitted(shares, bucket(10), 1) == 1


def test_what_redis_gave_is_not_kept_for_ever() -> None:
    clock = Clock()
    shares, wanted = LocalShares(1, clock), bucket(100, seconds=1)
    for _ in range(2_000):
        shares.took(wanted, NOW)
        clock.now += 0.01
    (log,) = shares._of(wanted)
    assert len(log._cells) <= 101
    assert admitted(shares, wanted, 200) <= 1
