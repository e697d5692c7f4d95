"""Whether to send: the finding, what speaks against it, and both kept apart."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import EmailObservation, Observation, Provenance
from roleferry_enrich.domain.people import Deliverability, EmailVerdict
from roleferry_enrich.domain.verification import MailStatus
from roleferry_enrich.resolve.mailbox_status import judged

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORLA = Email("orla@quillmere.test")
VALID, INVALID = Deliverability.VALID, Deliverability.INVALID
CATCHES_ALL, THROWN_AWAY = Deliverability.ACCEPT_ALL, Deliverability.DISPOSABLE
NOT_KNOWN = Deliverability.UNKNOWN


def said(
    state: Deliverability, origin: str = "hunter", *reasons: str, days_ago: int = 0
) -> EmailObservation:
    at = NOW - timedelta(days=days_ago)
    where = Provenance(
        provider=origin,
        capability="verify_email",
        origin=origin,
        conversation=uuid4(),
        observed_at=at,
    )
    return Observation(EmailVerdict(address=ORLA, deliverability=state, reasons=reasons), where)


def judge(*verdicts: EmailObservation, email: str = ORLA, why_not: tuple[str, ...] = ()):
    return judged(Email(email), verdicts, today=NOW.date(), why_not=why_not)


@pytest.mark.parametrize(
    ("email", "state", "status", "reasons"),
    [
        (ORLA, VALID, MailStatus.VALID, ()),
        (ORLA, INVALID, MailStatus.INVALID, ()),
        (ORLA, CATCHES_ALL, MailStatus.RISKY, ("accept_all",)),
        (ORLA, THROWN_AWAY, MailStatus.RISKY, ("disposable",)),
        (ORLA, NOT_KNOWN, MailStatus.UNKNOWN, ()),
        ("info@quillmere.test", VALID, MailStatus.RISKY, ("role",)),
        ("info@quillmere.test", NOT_KNOWN, MailStatus.UNKNOWN, ("role",)),
        ("info@quillmere.test", INVALID, MailStatus.INVALID, ("role",)),
        ("ada@gmail.com", VALID, MailStatus.VALID, ("webmail",)),
        ("ada@tempmail.com", VALID, MailStatus.RISKY, ("disposable",)),
        ("ada@tempmail.com", NOT_KNOWN, MailStatus.RISKY, ("disposable",)),
        ("ada@tempmail.com", INVALID, MailStatus.INVALID, ("disposable",)),
        ("info@mail-temp.com", CATCHES_ALL, MailStatus.RISKY, ("accept_all", "role", "disposable")),
    ],
)
def test_the_status_and_the_reasons_are_told_apart(email, state, status, reasons):
    judgement = judge(said(state), email=email)

    assert (judgement.status, judgement.reasons) == (status, reasons)
    assert judgement.deliverability is state


def test_what_a_verifier_tells_beside_its_verdict_is_kept_and_weighed():
    judgement = judge(said(VALID, "neverbounce", "spamtrap", "has_mx"))

    assert judgement.status is MailStatus.RISKY
    assert judgement.reasons == ("spamtrap", "has_mx")


def test_a_look_is_free_and_no_verdict():
    judgement = judge(email="info@tempmail.com", why_not=("budget_spent",))

    assert judgement.status is MailStatus.RISKY
    assert judgement.reasons == ("role", "disposable", "budget_spent")
    assert (judgement.deliverability, judgement.confidence) == (NOT_KNOWN, None)


def test_the_newest_finding_stands_and_who_knows_nothing_does_not_speak():
    judgement = judge(
        said(INVALID, "hunter", days_ago=20), said(VALID, "neverbounce"), said(NOT_KNOWN, "other")
    )

    assert judgement.status is MailStatus.VALID
    assert "verifiers_disagree" in judgement.reasons


def test_of_one_day_the_more_cautious_stands():
    assert judge(said(VALID, "hunter"), said(INVALID, "neverbounce")).status is MailStatus.INVALID


def test_confidence_grows_with_origins_that_agree_and_falls_with_those_that_do_not():
    one = judge(said(VALID, "hunter"))
    two = judge(said(VALID, "hunter"), said(VALID, "neverbounce"))
    same_origin = judge(said(VALID, "hunter"), said(VALID, "hunter"))
    against = judge(said(VALID, "hunter"), said(INVALID, "neverbounce", days_ago=2))

    assert one.confidence == same_origin.confidence
    assert against.confidence < one.confidence < two.confidence


def test_confidence_falls_with_age():
    assert judge(said(INVALID, days_ago=400)).confidence < judge(said(INVALID)).confidence


def test_the_order_of_verdicts_changes_nothing_that_is_weighed():
    verdicts = [
        said(VALID, "hunter"),
        said(CATCHES_ALL, "neverbounce"),
        said(INVALID, "other", days_ago=9),
    ]

    one, other = judge(*verdicts), judge(*verdicts[::-1])
    assert (one.status, one.confidence) == (other.status, other.confidence)
