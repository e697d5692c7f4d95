"""The documentation's examples of a list of addresses: three of invented people, and a slip."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from roleferry_enrich.api.answers.verification import verify_answer, verify_plan
from roleferry_enrich.domain.enrichments import Options, Strategy
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import CallRecord, Found, OutcomeKind, Report
from roleferry_enrich.domain.people import Deliverability, EmailVerdict
from roleferry_enrich.domain.plans import CostRange, Unplanned
from roleferry_enrich.domain.verification import (
    CheckedEmail,
    PlannedCheck,
    Verification,
    VerificationPlan,
    VerificationRequest,
)
from roleferry_enrich.pipeline.verifiers import CHECK
from roleferry_enrich.resolve.mailbox_status import judged

_SENT = ("Maren.Oakhurst@quillmere.test", "info@quillmere.test", "kai@ardenhall.test", "kai@@test")
REQUESTS: Mapping[str, Mapping[str, object]] = {
    "a_list": {"emails": list(_SENT)},
    "two_opinions": {"emails": [_SENT[0]], "strategy": "parallel", "max_cost": 0.05},
}
_ID = UUID("9a6d2c1b-47e5-4f3a-8b90-c2d1e0f7a635")
_PRICE = MicroUsd(8_000)
_FOUND = (Deliverability.VALID, Deliverability.VALID, Deliverability.ACCEPT_ALL)
_OPTIONS = Options(strategy=Strategy.WATERFALL, deadline=timedelta(seconds=10))


def answers(now: datetime) -> Mapping[str, object]:
    return {
        "checked": verify_answer(_SENT, _verification(now)),
        "dry_run": verify_plan(_plan()),
    }


def _request() -> VerificationRequest:
    emails = tuple(Email(sent.lower()) for sent in _SENT[:3])
    return VerificationRequest(emails=(*emails, None), options=_OPTIONS)


def _verification(now: datetime) -> Verification:
    request = _request()
    emails = [email for email in request.emails if email is not None]
    return Verification(
        id=_ID,
        account_id=_ID,
        request=request,
        checked={e: _checked(e, found, now) for e, found in zip(emails, _FOUND, strict=True)},
        unasked=(Unplanned("hunter", CHECK, "not_needed"),),
        started_at=now,
        answered_at=now + timedelta(milliseconds=940),
    )


def _checked(email: Email, found: Deliverability, now: datetime) -> CheckedEmail:
    conversation = uuid5(_ID, email)
    said = Provenance(
        provider="neverbounce",
        capability=CHECK,
        origin="neverbounce",
        conversation=conversation,
        observed_at=now,
    )
    verdict = Observation(
        EmailVerdict(address=email, deliverability=found, reasons=("has_dns", "has_mx")), said
    )
    return CheckedEmail(
        judgement=judged(email, (verdict,), today=now.date()),
        verdicts=(verdict,),
        reports=(
            Report(
                conversation=conversation,
                provider="neverbounce",
                capability=CHECK,
                outcome=Found(Observations(verdicts=(verdict,))),
                latency=timedelta(milliseconds=880),
                calls=(_call(conversation, now),),
            ),
        ),
    )


def _call(conversation: UUID, now: datetime) -> CallRecord:
    return CallRecord(
        id=conversation,
        conversation=conversation,
        provider="neverbounce",
        capability=CHECK,
        attempt=1,
        status=200,
        outcome=OutcomeKind.FOUND,
        cost=_PRICE,
        sent_at=now,
        latency=timedelta(milliseconds=880),
        permit_wait=timedelta(0),
    )


def _plan() -> VerificationPlan:
    cost = CostRange(MicroUsd(0), MicroUsd(3 * _PRICE), MicroUsd(3 * _PRICE))
    return VerificationPlan(
        request=_request(),
        addresses=3,
        checks=(PlannedCheck("neverbounce", cost),),
        unasked=(Unplanned("hunter", CHECK, "not_configured"),),
        cost=cost,
    )
