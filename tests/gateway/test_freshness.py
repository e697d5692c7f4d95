"""What an answer of some age is good for, and when it is renewed before its end."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.acme import Acme

from roleferry_enrich.domain.people import Deliverability, EmailVerdict, PersonClaim
from roleferry_enrich.gateway.freshness import Delays, Freshness, Use
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Findings

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FOUND = Findings(people=(PersonClaim(full_name="Orla Fenwick"),))
NOT_FOUND = Findings()
WEEK = Freshness.of(next(iter(Acme().offers())))
EVERY_OFFER = [offer for provider in catalogue().values() for offer in provider.offers()]


@pytest.mark.parametrize(
    ("age", "use"),
    [
        (timedelta(0), Use.AS_IT_IS),
        (7 * DAY, Use.AS_IT_IS),
        (7 * DAY + HOUR, Use.WHILE_RENEWED),
        (8 * DAY, Use.WHILE_RENEWED),
        (8 * DAY + HOUR, Use.IF_FAILED),
        (14 * DAY, Use.IF_FAILED),
        (14 * DAY + HOUR, Use.NOTHING),
    ],
)
def test_an_answer_is_served_then_served_with_a_mark_then_only_in_need(
    age: timedelta, use: Use
) -> None:
    assert WEEK.use(FOUND, age, None) is use


def test_not_found_is_never_served_beyond_its_shorter_time() -> None:
    assert WEEK.use(NOT_FOUND, 6 * HOUR, None) is Use.AS_IT_IS
    assert WEEK.use(NOT_FOUND, 7 * HOUR, None) is Use.NOTHING
    assert WEEK.kept(NOT_FOUND) == 6 * HOUR


@pytest.mark.parametrize(
    ("states", "fresh"),
    [(("unknown",), 6 * HOUR), (("unknown", "valid"), 7 * DAY), (("accept_all",), 7 * DAY)],
)
def test_a_mailbox_that_could_not_be_judged_is_judged_again_soon(
    states: tuple[str, ...], fresh: timedelta
) -> None:
    verdicts = (EmailVerdict(address="a@b.test", deliverability=Deliverability(s)) for s in states)

    assert WEEK.fresh(Findings(verdicts=tuple(verdicts))) == fresh


@given(st.timedeltas(timedelta(0), 30 * DAY), st.timedeltas(timedelta(0), 30 * DAY))
def test_nothing_older_than_the_request_allows_is_of_use(
    age: timedelta, max_age: timedelta
) -> None:
    use = WEEK.use(FOUND, age, max_age)

    assert (use is Use.NOTHING) == (age > max_age or age > WEEK.kept(FOUND))


@pytest.mark.parametrize("offer", EVERY_OFFER, ids=lambda o: f"{o.provider} {o.capability}")
def test_every_capability_keeps_an_old_answer_for_a_bounded_time(offer) -> None:
    freshness = Freshness.of(offer)

    assert offer.fresh_for < freshness.kept(FOUND) <= offer.fresh_for + 7 * DAY
    assert freshness.while_renewed <= DAY
    assert freshness.kept(NOT_FOUND) <= 6 * HOUR


@pytest.mark.parametrize("offer", EVERY_OFFER, ids=lambda o: f"{o.provider} {o.capability}")
def test_a_verdict_on_an_address_is_waited_for(offer) -> None:
    waits = Freshness.of(offer).while_renewed == timedelta(0)

    assert waits == (offer.capability == "verify_email")


def test_the_nearer_its_end_the_likelier_an_answer_is_renewed() -> None:
    takes, random = timedelta(seconds=10), Random(1)
    shares = []
    for left in (timedelta(seconds=60), timedelta(seconds=10), timedelta(seconds=1)):
        due = [WEEK.is_due(FOUND, 7 * DAY - left, takes, random) for _ in range(2_000)]
        shares.append(sum(due) / len(due))

    # exp(-left / takes), as the paper has it.
    assert shares == pytest.approx([0.0025, 0.368, 0.905], abs=0.04)


def test_nothing_is_renewed_early_on_a_guess() -> None:
    delays = Delays()

    assert not WEEK.is_due(FOUND, 7 * DAY - timedelta(seconds=1), delays.of("acme"), Random(1))


def test_a_providers_delay_is_averaged_over_its_latest() -> None:
    delays = Delays()
    delays.learn("acme", timedelta(seconds=1))
    assert delays.of("acme") == timedelta(seconds=1)
    for _ in range(50):
        delays.learn("acme", timedelta(seconds=3))

    assert timedelta(seconds=2.9) < delays.of("acme") <= timedelta(seconds=3)
    assert delays.of("other") == timedelta(0)
