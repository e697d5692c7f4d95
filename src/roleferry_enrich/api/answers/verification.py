"""The answer to a list of addresses, and the plan of one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from roleferry_enrich.api.answers.evidence import dollars
from roleferry_enrich.api.answers.plan import cost_estimate
from roleferry_enrich.api.schemas.verification import (
    VerdictData,
    VerifiedEmail,
    VerifierLine,
    VerifyAnswer,
    VerifyCounts,
    VerifyMeta,
    VerifyPlan,
)
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import EmailObservation
from roleferry_enrich.domain.outcomes import OutcomeKind, Report
from roleferry_enrich.domain.plans import Unplanned
from roleferry_enrich.domain.verification import (
    CheckedEmail,
    MailStatus,
    Verification,
    VerificationPlan,
)
from roleferry_enrich.resolve.mailbox_status import NO_ADDRESS

_NO_ADDRESS = CheckedEmail(judgement=NO_ADDRESS)
_OBJECTED = frozenset({"opted_out", "suppressed"})


def verify_answer(sent: Sequence[str], verification: Verification) -> VerifyAnswer:
    results = list(_results(sent, verification))
    return {"results": results, "meta": _meta(verification)}


def verify_plan(plan: VerificationPlan) -> VerifyPlan:
    return {
        "dry_run": True,
        "strategy": plan.request.options.strategy,
        "addresses": plan.addresses,
        "asks": [
            {"provider": one.provider, "cost": cost_estimate(one.cost)} for one in plan.checks
        ],
        "not_asked": [
            {"provider": one.provider, "capability": one.capability, "reason": one.reason}
            for one in plan.unasked
        ],
        "cost": cost_estimate(plan.cost),
    }


def _results(sent: Sequence[str], verification: Verification) -> Iterator[VerifiedEmail]:
    told: set[Email] = set()
    for text, email in zip(sent, verification.request.emails, strict=True):
        checked = _NO_ADDRESS if email is None else verification.checked[email]
        is_first = email is None or email not in told
        yield _result(text, email, checked, checked.cost if is_first else MicroUsd(0))
        if email is not None:
            told.add(email)


def _result(sent: str, email: Email | None, checked: CheckedEmail, cost: MicroUsd) -> VerifiedEmail:
    judgement = checked.judgement
    newest = sorted(checked.verdicts, key=lambda verdict: verdict.as_of, reverse=True)
    return {
        "email": sent,
        "address": email,
        "status": judgement.status,
        "reasons": list(judgement.reasons),
        "deliverability": judgement.deliverability,
        "confidence": judgement.confidence.value if judgement.confidence else None,
        "sources": [_verdict(verdict) for verdict in newest],
        "checked_on": newest[0].as_of if newest else None,
        "cached": checked.is_cached,
        "cost_usd": dollars(cost),
    }


def _verdict(verdict: EmailObservation) -> VerdictData:
    said = verdict.provenance
    return {
        "provider": said.provider,
        "origin": said.origin,
        "deliverability": verdict.claim.deliverability,
        "checked_on": verdict.as_of,
        "observed_at": said.observed_at,
        "cached": said.cached,
    }


def _meta(verification: Verification) -> VerifyMeta:
    options = verification.request.options
    checked = [
        _NO_ADDRESS if email is None else verification.checked[email]
        for email in verification.request.emails
    ]
    is_whole = not any(each.awaited or _lacks_verdict(each) for each in checked)
    return {
        "verification_id": verification.id,
        "status": "complete" if is_whole else "partial",
        "counts": _counts(checked),
        "providers": list(_lines(verification)),
        "cost_usd": dollars(verification.cost),
        "pending_cost_usd": dollars(verification.held),
        "max_cost_usd": None if verification.may_cost is None else dollars(verification.may_cost),
        "processing_time_ms": _ms(verification.answered_at - verification.started_at),
        "deadline_ms": _ms(options.deadline),
        "strategy": options.strategy,
    }


def _lacks_verdict(checked: CheckedEmail) -> bool:
    """Whether it was to be checked and nobody has looked."""
    no_need = checked.judgement.status is MailStatus.INVALID
    may_not = not _OBJECTED.isdisjoint(checked.judgement.reasons)
    return not (no_need or checked.verdicts or may_not)


def _counts(checked: Iterable[CheckedEmail]) -> VerifyCounts:
    listed = list(checked)
    by_status = Counter(each.judgement.status for each in listed)
    return {
        "valid": by_status[MailStatus.VALID],
        "invalid": by_status[MailStatus.INVALID],
        "risky": by_status[MailStatus.RISKY],
        "unknown": by_status[MailStatus.UNKNOWN],
        "pending": sum(bool(each.awaited) for each in listed),
    }


def _lines(verification: Verification) -> Iterator[VerifierLine]:
    reports: dict[str, list[Report]] = {}
    awaited = Counter[str]()
    for each in verification.checked.values():
        awaited.update(each.awaited)
        for report in each.reports:
            reports.setdefault(report.provider, []).append(report)
    for provider in sorted({*reports, *awaited}):
        yield _line(provider, reports.get(provider, ()), awaited[provider])
    yield from map(_unasked, verification.unasked)


def _line(provider: str, reports: Sequence[Report], awaited: int) -> VerifierLine:
    summaries = [report.summary() for report in reports]
    came = Counter(each.outcome.value for each in summaries)
    came.pop(OutcomeKind.PENDING.value, None)
    if awaited:
        came[OutcomeKind.PENDING.value] = awaited
    skipped = Counter(s.reason for s in summaries if s.outcome is OutcomeKind.SKIPPED)
    return {
        "provider": provider,
        "outcomes": dict(came),
        "reasons": {reason: count for reason, count in skipped.items() if reason},
        "not_asked": None,
        "calls": len({call.id for report in reports for call in report.calls}),
        "cached": sum(report.cached is not None for report in reports),
        "cost_usd": dollars(MicroUsd(sum(report.cost for report in reports))),
    }


def _unasked(one: Unplanned) -> VerifierLine:
    return {
        "provider": one.provider,
        "outcomes": {},
        "reasons": {},
        "not_asked": one.reason,
        "calls": 0,
        "cached": 0,
        "cost_usd": 0.0,
    }


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1_000)
