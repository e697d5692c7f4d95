"""One layer of retry, and never a second bill for one answer."""

from datetime import timedelta
from random import Random

import pytest

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
from roleferry_enrich.gateway.retry import RetryPolicy
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
