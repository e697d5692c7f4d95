"""What is left of a quota: out of the documented answers, and out of reply headers."""

from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from tests.providers.conformance import NOW
from tests.providers.samples import documented

from roleferry_enrich.domain.quotas import Quota, QuotaUnit
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderQuotaSpent,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import RateHeaders
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.quota import quota_in, tells_usage, told_by
from roleferry_enrich.providers.replies import Reply

RESETS = datetime(2026, 11, 1, 12, 5, tzinfo=UTC)
TELLERS = [name for name, provider in catalogue().items() if tells_usage(provider)]


def usage(name: str, body: bytes, status: int = 200) -> Quota | None:
    provider = catalogue()[name]
    assert tells_usage(provider)
    reply = Reply(status=status, body=body, received_at=NOW)
    return play(provider, provider.usage(), lambda _: reply)


def headers(**values: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return Reply(status=200, body=b"", received_at=NOW, headers=MappingProxyType(named))


@pytest.mark.parametrize(
    ("name", "sample", "quota"),
    [
        (
            "hunter",
            "hunter/account__docs.json",
            Quota(remaining=9450, limit=10_000, resets_at=datetime(2026, 7, 11, tzinfo=UTC)),
        ),
        (
            "apollo",
            "apollo/usage_credits__openapi.json",
            Quota(remaining=7500, limit=10_000, resets_at=datetime(2026, 5, 1, tzinfo=UTC)),
        ),
        ("explorium", "explorium/credits__docs.json", Quota(remaining=964, limit=1000)),
    ],
)
def test_the_documented_answer_is_read(name: str, sample: str, quota: Quota) -> None:
    assert usage(name, documented(*sample.split("/"))) == quota


def test_an_older_plan_counts_searches() -> None:
    body = b'{"data": {"requests": {"searches": {"used": 60, "available": 50}}}}'

    assert usage("hunter", body) == Quota(remaining=0, limit=50)


def test_bought_and_given_credits_are_added() -> None:
    credits = b'{"paid_credits_remaining": 900, "free_credits_remaining": 50}'
    body = b'{"status": "success", "credits_info": %s}' % credits

    assert usage("neverbounce", body) == Quota(remaining=950)


@pytest.mark.parametrize("name", TELLERS)
@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"data": {"requests": null}}'])
def test_another_document_is_no_quota(name: str, body: bytes) -> None:
    with pytest.raises(ProviderContractChanged):
        usage(name, body)


def test_a_key_that_may_not_ask_is_not_taken_for_a_refused_one() -> None:
    assert usage("apollo", b'{"error_code": "API_INACCESSIBLE"}', 403) is None


@pytest.mark.parametrize("name", TELLERS)
def test_a_refused_key_and_a_spent_quota_are_told(name: str) -> None:
    with pytest.raises(ProviderUnauthorised):
        usage(name, b"{}", 401)
    with pytest.raises(ProviderQuotaSpent):
        usage(name, b"{}", 402)


@pytest.mark.parametrize("name", TELLERS)
def test_asking_is_free_and_can_be_repeated(name: str) -> None:
    provider = catalogue()[name]
    assert tells_usage(provider)
    (call,) = next(provider.usage())

    assert (call.credits, call.repeatable) == (0, True)


def test_headers_tell_the_window_that_is_closest_to_its_end() -> None:
    rates = catalogue()["apollo"].spec.rate_headers
    reply = headers(
        x_minute_requests_left="190",
        x_rate_limit_minute="200",
        x_hourly_requests_left="20",
        x_rate_limit_hourly="400",
        x_24_hour_requests_left="",
    )

    assert quota_in(reply, rates) == Quota(remaining=20, limit=400, unit=QuotaUnit.REQUESTS)


def test_the_end_of_a_window_is_told_in_either_form() -> None:
    unix = RateHeaders("left", "reset")
    seconds = RateHeaders("left", "reset", reset_is="seconds_left")
    quota = Quota(remaining=5, unit=QuotaUnit.REQUESTS, resets_at=RESETS)

    assert quota_in(headers(left="5", reset=str(int(RESETS.timestamp()))), (unix,)) == quota
    assert quota_in(headers(left="5", reset="300"), (seconds,)) == quota


@pytest.mark.parametrize("value", ["", "-1", "1e9", "many", "٣", "9" * 40, "1.5"])
def test_what_cannot_be_read_tells_nothing(value: str) -> None:
    assert quota_in(headers(left=value), (RateHeaders("left"),)) is None


@pytest.mark.parametrize("value", ["9" * 15, "x", ""])
def test_an_end_that_cannot_be_is_left_out(value: str) -> None:
    (unix, seconds) = (
        RateHeaders("left", "reset"),
        RateHeaders("left", "reset", reset_is="seconds_left"),
    )

    for rate in (unix, seconds):
        quota = quota_in(headers(left="3", reset=value), (rate,))
        assert quota == Quota(remaining=3, unit=QuotaUnit.REQUESTS)


def test_how_each_provider_tells_its_quota_is_known() -> None:
    assert told_by(catalogue()["hunter"]) == "usage"
    assert told_by(catalogue()["companies_house"]) == "headers"
    assert told_by(catalogue()["website"]) is None
