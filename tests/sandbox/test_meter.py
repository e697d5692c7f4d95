from datetime import timedelta

import pytest

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.meter import Meter

MINUTE = Window(3, timedelta(minutes=1))


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_permits_run_out_and_come_back_with_the_next_window(clock):
    meter = Meter((MINUTE,), clock)

    taken = [meter.take("key") for _ in range(4)]

    assert [standing.left for standing in taken] == [2, 1, 0, 0]
    assert [standing.allowed for standing in taken] == [True, True, True, False]
    assert taken[-1].reset == 1_800_000_060
    clock.now += 60
    assert meter.take("key").allowed


def test_keys_do_not_share_a_window(clock):
    meter = Meter((Window(1, timedelta(minutes=1)),), clock)

    assert meter.take("one").allowed
    assert meter.take("two").allowed
    assert not meter.take("one").allowed


def test_all_windows_bind_and_the_tightest_is_told(clock):
    meter = Meter((MINUTE, Window(4, timedelta(hours=1))), clock)
    for _ in range(3):
        meter.take("key")
    clock.now += 60

    last, refused = meter.take("key"), meter.take("key")

    assert (last.allowed, last.left, last.limit) == (True, 0, 4)
    assert (refused.allowed, refused.limit) == (False, 4)


def test_refused_request_uses_no_permit_of_another_window(clock):
    meter = Meter((Window(1, timedelta(minutes=1)), Window(3, timedelta(hours=1))), clock)
    for _ in range(5):
        meter.take("key")
    clock.now += 60

    assert meter.take("key").allowed


def test_provider_without_windows_has_no_standing(clock):
    assert Meter((), clock).take("key") is None
