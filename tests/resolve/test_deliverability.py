"""What is known of a mailbox, where a mail was really sent there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.resolve.statements import TODAY, email, person, verdict

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.resolve.deliverability import (
    BOUNCED,
    COMPLAINED,
    latest_state,
    weighed,
    weighed_anew,
)
from roleferry_enrich.resolve.people import resolve_people

ADA = "ada@acme.test"


def sent(state: str, reason: str, days_ago: int, by: str = "sendgrid"):
    told = verdict(ADA, state, by=by, day=TODAY - timedelta(days=days_ago))
    return replace(told, claim=replace(told.claim, reasons=(reason,)))


def checked(state: str, days_ago: int):
    return verdict(ADA, state, day=TODAY - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("bounced", "checked_on", "state"),
    [(10, 0, "invalid"), (30, 0, "invalid"), (31, 0, "valid"), (0, 10, "invalid")],
)
def test_a_mail_that_came_back_outweighs_the_checks_of_a_month(bounced, checked_on, state):
    verdicts = [sent("invalid", BOUNCED, bounced), checked("valid", checked_on)]

    assert latest_state([], verdicts) == state


def test_of_two_mails_the_later_tells():
    verdicts = [sent("invalid", BOUNCED, 9), sent("risky", COMPLAINED, 3, by="mailgun")]

    assert latest_state([], verdicts) is Deliverability.RISKY


def test_who_reported_a_mail_is_named_with_the_address():
    claimed = person("Ada Lovelace", emails=(email(ADA),))
    (merged,) = resolve_people(
        [claimed], [sent("invalid", BOUNCED, 1), checked("invalid", 1)], today=TODAY
    )
    (point,) = merged.contact_points

    assert point.deliverability is Deliverability.INVALID
    assert [source.provider for source in point.sources] == ["apollo", "sendgrid"]
    assert "business_email" not in merged.fields


def test_an_address_that_complained_is_still_theirs_and_believed_less():
    claimed = person("Ada Lovelace", emails=(email(ADA),))
    (known,) = resolve_people([claimed], [], today=TODAY)
    (merged,) = resolve_people([claimed], [sent("risky", COMPLAINED, 1)], today=TODAY)

    assert merged.fields["business_email"].value == ADA
    assert not merged.fields["business_email"].verified
    assert merged.fields["business_email"].confidence < known.fields["business_email"].confidence


@pytest.mark.parametrize("before", list(Deliverability))
def test_a_belief_is_the_same_whatever_it_rested_on_before(before):
    believed = Confidence(0.6)
    resting = weighed(believed, before)

    anew = weighed_anew(resting, before, Deliverability.INVALID)

    assert anew.value == pytest.approx(weighed(believed, Deliverability.INVALID).value, abs=0.01)
