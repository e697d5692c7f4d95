"""The breaker's promises: rates not streaks, few half-open permits, stragglers change nothing."""

import time
from datetime import timedelta
from random import Random

import pytest

from roleferry_enrich.errors import BreakerOpen
from roleferry_enrich.gateway.breaker import Admission, Breaker, BreakerPolicy


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(BreakerPolicy(), clock=clock, random=Random(1))


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with breaker.admit() as admission:
            admission.failed()


def succeed(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with breaker.admit() as admission:
            admission.succeeded()


def tripped(breaker: Breaker) -> Breaker:
    fail(breaker, 10)
    return breaker


def test_opens_at_half_failures_although_successes_lie_between(breaker: Breaker) -> None:
    for _ in range(5):
        succeed(breaker)
        fail(breaker)

    assert breaker.state == "open"


def test_stays_closed_below_the_minimum_of_calls(breaker: Breaker) -> None:
    fail(breaker, 9)

    assert breaker.state == "closed"


def test_failures_outside_the_window_are_forgotten(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 9)
    clock.now += 31
    fail(breaker)

    assert breaker.state == "closed"


def test_opens_on_slow_calls_that_succeed(breaker: Breaker, clock: Clock) -> None:
    for _ in range(10):
        with breaker.admit() as admission:
            clock.now += 8 / 4
            admission.succeeded()
            admission.started -= 8

    assert breaker.state == "open"


def test_open_breaker_refuses_until_its_time(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    clock.now += 29

    with pytest.raises(BreakerOpen):
        breaker.admit()


def test_half_open_admits_three_of_two_hundred(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    clock.now += 40
    admitted: list[Admission] = []
    for _ in range(200):
        try:
            admitted.append(breaker.admit())
        except BreakerOpen:
            continue

    assert len(admitted) == 3


def test_three_good_probes_close_it(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    clock.now += 40
    succeed(breaker, 3)

    assert breaker.state == "closed"


def test_a_failed_probe_opens_it_for_twice_as_long(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    clock.now += 40
    fail(breaker)
    clock.now += 59
    with pytest.raises(BreakerOpen):
        breaker.admit()
    clock.now += 10

    breaker.admit()

    assert breaker.state == "half_open"


def test_open_time_is_bounded(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    for _ in range(12):
        clock.now += 331
        fail(breaker)
    clock.now += 331

    assert breaker.admit()


def test_a_probe_without_a_verdict_gives_its_permit_back(breaker: Breaker, clock: Clock) -> None:
    tripped(breaker)
    clock.now += 40
    for _ in range(10):
        with breaker.admit():
            pass

    assert breaker.state == "half_open"


def test_outcomes_of_an_earlier_generation_change_nothing(breaker: Breaker, clock: Clock) -> None:
    late_success, late_failure = breaker.admit(), breaker.admit()
    tripped(breaker)
    clock.now += 40
    probe = breaker.admit()
    late_success.succeeded()
    breaker.settle(late_success, failed=False)
    breaker.settle(late_failure, failed=True)

    assert breaker.state == "half_open"

    with probe:
        probe.succeeded()
    succeed(breaker, 2)

    assert breaker.state == "closed"


def test_an_exception_inside_is_no_verdict(breaker: Breaker) -> None:
    for _ in range(20):
        with pytest.raises(RuntimeError), breaker.admit():
            raise RuntimeError

    assert breaker.state == "closed"


def test_policy_can_be_changed(clock: Clock) -> None:
    policy = BreakerPolicy(minimum_calls=2, open_for=timedelta(seconds=1))
    breaker = Breaker(policy, clock=clock, random=Random(1))
    fail(breaker, 2)

    assert breaker.state == "open"


def test_half_slow_of_ten_is_enough(breaker: Breaker, clock: Clock) -> None:
    calls = [breaker.admit() for _ in range(10)]
    for call in calls[:5]:
        with call:
            call.succeeded()
    clock.now += 8
    for call in calls[5:]:
        assert breaker.state == "closed"
        with call:
            call.succeeded()

    assert breaker.state == "open"


def test_waiting_for_a_permit_is_not_the_providers_slowness(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        with breaker.admit() as admission:
            clock.now += 10
            admission.sent()
            admission.succeeded()

    assert breaker.state == "closed"


class NoClock:
    """Stands where a wall clock would be read."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"the wall clock was read: {name}")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_no_wall_clock_and_no_zone_decides(
    breaker: Breaker, clock: Clock, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setattr("aiobreaker.state.datetime", NoClock())
    monkeypatch.setattr("aiobreaker.circuitbreaker.datetime", NoClock())
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    tripped(breaker)
    clock.now += 29
    with pytest.raises(BreakerOpen):
        breaker.admit()
    clock.now += 11
    succeed(breaker, 3)

    assert breaker.state == "closed"
    monkeypatch.undo()
    time.tzset()


def test_the_open_time_is_spread(clock: Clock) -> None:
    lengths = set()
    for seed in range(20):
        breaker = tripped(Breaker(BreakerPolicy(), clock=clock, random=Random(seed)))
        lengths.add(breaker._reopens_at - clock.now)

    assert len(lengths) == 20
    assert all(30 <= length <= 33 for length in lengths)
