"""Off for a time, then one probe, and only an answer from after that time ends it."""

from datetime import timedelta

import pytest

from roleferry_enrich.errors import (
    ProviderQuotaSpent,
    ProviderUnauthorised,
    ProviderUnavailable,
    Quarantined,
)
from roleferry_enrich.gateway.quarantine import Quarantine


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quarantine(clock: Clock) -> Quarantine:
    quarantine = Quarantine(clock)
    quarantine.learn("acme", ProviderUnauthorised("x"))
    return quarantine


def let_in(quarantine: Quarantine, callers: int) -> int:
    count = 0
    for _ in range(callers):
        try:
            quarantine.check("acme")
        except Quarantined:
            continue
        count += 1
    return count


def test_nobody_calls_while_it_lasts(quarantine: Quarantine, clock: Clock) -> None:
    clock.now += 299

    assert let_in(quarantine, 50) == 0
    assert quarantine.reason("acme") == "unauthorised"


def test_one_finds_out_when_it_is_over(quarantine: Quarantine, clock: Clock) -> None:
    clock.now += 300

    assert let_in(quarantine, 50) == 1
    assert quarantine.served("acme")
    assert let_in(quarantine, 50) == 50
    assert not quarantine.served("acme")


def test_a_probe_nobody_hears_of_is_followed_by_another(
    quarantine: Quarantine, clock: Clock
) -> None:
    clock.now += 300
    assert let_in(quarantine, 50) == 1
    clock.now += 15
    assert let_in(quarantine, 50) == 1


def test_a_failed_probe_puts_it_off_again(quarantine: Quarantine, clock: Clock) -> None:
    clock.now += 300
    quarantine.check("acme")
    quarantine.learn("acme", ProviderUnauthorised("x"))

    assert quarantine.remaining("acme") == timedelta(minutes=5)


def test_an_answer_from_before_heals_nothing(quarantine: Quarantine) -> None:
    assert not quarantine.served("acme")
    assert let_in(quarantine, 5) == 0


def test_a_named_time_is_taken(clock: Clock) -> None:
    quarantine = Quarantine(clock)
    quarantine.learn("acme", ProviderQuotaSpent("x", retry_after=timedelta(seconds=40)))

    assert quarantine.remaining("acme") == timedelta(seconds=40)
    with pytest.raises(Quarantined):
        quarantine.check_again("acme")


def test_other_trouble_puts_nobody_off(clock: Clock) -> None:
    quarantine = Quarantine(clock)

    assert quarantine.learn("acme", ProviderUnavailable("x")) is None
    assert not quarantine.is_known("acme")
    quarantine.check_again("acme")
    assert let_in(quarantine, 5) == 5
