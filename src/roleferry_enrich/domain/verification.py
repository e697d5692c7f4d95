"""A list of addresses to be verified, and what is known of each."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from roleferry_enrich.domain.enrichments import Options
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import EmailObservation
from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.plans import CostRange, Unplanned
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.domain.values import dataclass


class MailStatus(StrEnum):
    """Whether to send mail to an address; the reasons and the finding itself stand beside it."""

    VALID = "valid"
    INVALID = "invalid"
    RISKY = "risky"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequest:
    emails: tuple[Email | None, ...]
    """In the order asked, None for what is no address; twins may be among them."""
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    status: MailStatus
    deliverability: Deliverability = Deliverability.UNKNOWN
    """What the verifiers have found, as they say it."""
    confidence: Confidence | None = None
    """That the finding is right; None where nobody has found anything."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEmail:
    """What is known of one address by the answer."""

    judgement: Judgement
    verdicts: tuple[EmailObservation, ...] = ()
    reports: tuple[Report, ...] = ()
    awaited: tuple[str, ...] = ()
    """Verifiers that are still at it: asked again later, their verdicts are there."""

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(report.cost for report in self.reports))

    @property
    def is_cached(self) -> bool:
        """Every verdict was known before it was asked for."""
        return bool(self.verdicts) and all(each.provenance.cached for each in self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer to a list. Kept nowhere: its calls are in the books under its id."""

    id: UUID
    account_id: UUID
    request: VerificationRequest
    checked: Mapping[Email, CheckedEmail]
    """By address, each once."""
    unasked: tuple[Unplanned, ...]
    """Verifiers that were not asked about any."""
    started_at: datetime
    answered_at: datetime
    held: MicroUsd = MicroUsd(0)
    """The most that what is still under way may cost."""
    may_cost: MicroUsd | None = None
    """What verifiers may be paid for it; None is no limit."""

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(each.cost for each in self.checked.values()))


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    provider: str
    cost: CostRange


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPlan:
    """What a list would cost."""

    request: VerificationRequest
    addresses: int
    """How many would be asked for: addresses only, and of twins one."""
    checks: tuple[PlannedCheck, ...]
    """In the order in which they would be asked."""
    unasked: tuple[Unplanned, ...]
    cost: CostRange
