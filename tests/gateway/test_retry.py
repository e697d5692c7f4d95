"""One layer of retry, and never a second bill for one answer."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roleferry_enrich.errors import (
    ProviderConnectionLost,
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderTimedOut,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.providers.contract import Call

FREE = Call.get("/v1/x")
PAID = Call.get("/v1/x").costing(1)
POLICY = RetryPolicy()


def wait(error: ProviderError, call: Call = FREE, attempt: int = 1) -> timedelta | None:
    return POLICY.wait(error, call, attempt, Random(3))


@pytest.mark.parametrize(
    "error",
    [ProviderRefusedQuery, ProviderUnauthorised, ProviderQuotaSpent, ProviderContractChanged],
)
def test_what_time_does_not_heal_is_not_retried(error: type[ProviderError]) -> None:
    assert wait(error("x")) is None


@pytest.mark.parametrize("error", [ProviderUnavailable, ProviderTimedOut, ProviderRateLimited])
def test_free_calls_are_retried_with_jitter_and_an_end(error: type[ProviderError]) -> None:
    waits = [wait(error("x"), attempt=n) for n in (1, 2, 3)]

    assert waits[2] is None
    assert all(w is not None and timedelta(0) <= w <= timedelta(seconds=2) for w in waits[:2])


@pytest.mark.parametrize("error", [ProviderTimedOut, ProviderConnectionLost])
def test_a_paid_call_whose_reply_was_lost_is_not_repeated(error: type[ProviderError]) -> None:
    assert wait(error("x"), PAID) is None


@pytest.mark.parametrize("error", [ProviderUnavailable, ProviderRateLimited])
def test_a_paid_call_that_was_not_served_is_repeated(error: type[ProviderError]) -> None:
    assert wait(error("x"), PAID) is not None


def test_a_named_wait_is_kept_to() -> None:
    error = ProviderRateLimited("x", retry_after=timedelta(seconds=7))

    assert wait(error) == timedelta(seconds=7)


def test_a_provider_that_names_a_time_is_not_asked_before() -> None:
    error = ProviderUnavailable("x", retry_after=timedelta(seconds=7))

    assert wait(error) == timedelta(seconds=7)


def test_jitter_is_full() -> None:
    random = Random(5)
    waits = [POLICY.wait(ProviderUnavailable("x"), FREE, 2, random) for _ in range(300)]
    seconds = sorted(wait.total_seconds() for wait in waits if wait is not None)

    assert (seconds[0] < 0.01, seconds[-1] > 0.19) == (True, True)
    assert 0.08 < seconds[150] < 0.12


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def attempts(budget: RetryBudget) -> int:
    """Of one call that always fails."""
    budget.called("acme")
    count = 1
    while count < POLICY.attempts and budget.spend("acme"):
        count += 1
    return count


@pytest.mark.parametrize("calls_a_second", [1, 10, 200])
def test_five_minutes_of_nothing_but_failures_cost_a_fifth_more(calls_a_second: int) -> None:
    clock = Clock()
    budget = RetryBudget(clock)
    made = 0
    for _ in range(300 * calls_a_second):
        made += attempts(budget)
        clock.now += 1 / calls_a_second

    assert made <= 1.2 * 300 * calls_a_second
    assert made >= 1.15 * 300 * calls_a_second


def test_a_few_calls_may_be_repeated_all_the_same() -> None:
    clock = Clock()
    budget = RetryBudget(clock)

    assert [attempts(budget) for _ in range(3)] == [3, 1, 1]
    clock.now += 61
    assert attempts(budget) == 3


def test_what_an_hour_earned_is_not_spent_in_a_minute() -> None:
    clock = Clock()
    budget = RetryBudget(clock)
    for _ in range(3600):
        budget.called("acme")
        clock.now += 1

    assert sum(budget.spend("acme") for _ in range(1000)) <= 13


def test_each_provider_has_its_own_budget() -> None:
    budget = RetryBudget(Clock())

    assert [attempts(budget), budget.spend("other")] == [3, True]


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=200))
def test_no_schedule_gets_more_than_it_earned_and_was_lent(steps: list[tuple[float, bool]]) -> None:
    clock = Clock()
    budget = RetryBudget(clock)
    calls = retries = 0
    for passed, is_call in steps:
        clock.now += passed
        if is_call:
            budget.called("acme")
            calls += 1
        else:
            retries += budget.spend("acme")

    minutes = 1 + (clock.now - 1000) // 55  # a cell of five seconds begins anywhere
    assert retries <= 0.2 * calls + 2 * minutes
