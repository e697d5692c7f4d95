"""Puts what a conversation returned or raised into an outcome; claims get their provenance."""

from datetime import datetime
from typing import TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import (
    Absent,
    Found,
    OptedOut,
    Outcome,
    OutcomeKind,
    Skipped,
    Troubled,
    Waiting,
)
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.providers.contract import Answer, ClaimedByPerson, Findings, Pending
from roleferry_enrich.providers.own_store import Recollection

Claim = TypeVar("Claim", PersonClaim, CompanyClaim, EmailVerdict)


def outcome_of(
    answer: Answer, errand: Errand, observed_at: datetime, *, cached: bool = False
) -> Outcome:
    match answer:
        case Pending(retry_after=retry_after, reference=reference):
            return Waiting(retry_after, reference)
        case ClaimedByPerson():
            return OptedOut()
        case Recollection() if answer:
            return Found(answer.observed)
        case Findings() if answer:
            provenance = _provenance(errand, observed_at, cached=cached)
            return Found(_stamped(answer, provenance), answer.incomplete)
        case Findings(incomplete=str(reason)):
            return Troubled(OutcomeKind.FAILED, reason)
        case Findings():
            return Absent()


def outcome_of_error(error: ProviderError | CallSkipped) -> Outcome:
    if isinstance(error, CallSkipped):
        return Skipped(error.reason)
    return Troubled(OutcomeKind(error.outcome), error.reason, error.retry_after)


def _provenance(errand: Errand, observed_at: datetime, *, cached: bool) -> Provenance:
    spec = errand.channel.provider.spec
    return Provenance(
        provider=spec.name,
        capability=errand.capability,
        origin=spec.origin or spec.name,
        conversation=errand.conversation,
        observed_at=observed_at,
        cached=cached,
    )


def _stamped(findings: Findings, provenance: Provenance) -> Observations:
    return Observations(
        people=_observed(findings.people, provenance),
        companies=_observed(findings.companies, provenance),
        verdicts=_observed(findings.verdicts, provenance),
    )


def _observed(claims: tuple[Claim, ...], provenance: Provenance) -> tuple[Observation[Claim], ...]:
    return tuple(Observation(claim, provenance) for claim in claims)
