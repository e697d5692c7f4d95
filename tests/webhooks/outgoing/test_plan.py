"""What follows from each answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState
from roleferry_enrich.webhooks.outgoing.plan import LONGEST_PAUSE, WAITS, Answer, settlement

TOOK = timedelta(milliseconds=20)
DAYS = timedelta(hours=75, minutes=35, seconds=5)


def failed(status: int | None = 500, **changed) -> Answer:
    return Answer(status=status, failure="status", duration=TOOK, **changed)


def test_a_received_message_is_done():
    step = settlement(Answer(status=204, failure=None, duration=TOOK), tries=3, chance=0.5)

    assert (step.state, step.pause, step.is_gone) == (DeliveryState.DELIVERED, None, False)


def test_p19_the_plan_is_that_of_the_standard():
    steps = [settlement(failed(), tries=tries, chance=0.0) for tries in range(len(WAITS))]

    assert {step.state for step in steps} == {DeliveryState.WAITING}
    assert [step.retry_in for step in steps] == list(WAITS)
    assert sum(WAITS, timedelta(0)) == DAYS


def test_the_tenth_failure_is_the_last():
    assert settlement(failed(), tries=9, chance=0.0).state is DeliveryState.FAILED


@given(st.integers(0, len(WAITS) - 1), st.floats(0, 1))
def test_p19_no_wait_is_more_than_a_tenth_off_its_plan(tries, chance):
    wait = settlement(failed(), tries=tries, chance=chance).retry_in

    assert WAITS[tries] <= wait <= WAITS[tries] * 1.1


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, None])
def test_other_failures_pause_nobody_else(status):
    step = settlement(failed(status), tries=0, chance=0.0)

    assert (step.state, step.pause, step.is_gone) == (DeliveryState.WAITING, None, False)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_one_that_has_too_much_to_do_is_left_alone(status):
    asked = failed(status, retry_after=timedelta(minutes=10))

    assert settlement(failed(status), tries=0, chance=0.0).pause == timedelta(seconds=5)
    step = settlement(asked, tries=0, chance=0.0)
    assert (step.pause, step.retry_in) == (timedelta(minutes=10), timedelta(minutes=10))


def test_h68_a_retry_after_beyond_reason_is_an_hour():
    asked = failed(429, retry_after=timedelta(seconds=999_999_999))

    assert settlement(asked, tries=0, chance=0.0).pause == LONGEST_PAUSE
    assert settlement(asked, tries=8, chance=0.0).retry_in == WAITS[8]


def test_h68_gone_is_gone_at_the_first_word():
    step = settlement(failed(410), tries=0, chance=0.0)

    assert (step.state, step.is_gone) == (DeliveryState.FAILED, True)
