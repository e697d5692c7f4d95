"""What came of asking one provider one thing: told apart, never a mere "no data"."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.values import dataclass


class OutcomeKind(StrEnum):
    """The closed set of outcomes that answers, logs and metrics name."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    OPTED_OUT = "opted_out"
    RATE_LIMITED = "rate_limited"
    QUOTA_SPENT = "quota_spent"
    UNAUTHORISED = "unauthorised"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    FAILED = "failed"
    CONTRACT_CHANGED = "contract_changed"
    SKIPPED = "skipped"
    LOST = "lost"
    """Of a single call: whoever made it died before saying what came; booked in full."""


@dataclass(frozen=True, slots=True)
class Found:
    observations: Observations
    incomplete: str | None = None
    """Why there may be more than this (a later page was refused, the budget ended), if so."""

    @property
    def kind(self) -> OutcomeKind:
        return OutcomeKind.FOUND


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider looked and has nothing. Only this may be remembered as "not found"."""

    @property
    def kind(self) -> OutcomeKind:
        return OutcomeKind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Waiting:
    """The provider took the question and will know later."""

    retry_after: timedelta
    reference: str | None = None
    """What the provider calls the work it began, where going on with that is not asking anew."""

    @property
    def kind(self) -> OutcomeKind:
        return OutcomeKind.PENDING


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The person asked this provider not to be processed: nobody else is asked either."""

    @property
    def kind(self) -> OutcomeKind:
        return OutcomeKind.OPTED_OUT


@dataclass(frozen=True, slots=True)
class Troubled:
    """The provider could not answer; `kind` is the error's."""

    kind: OutcomeKind
    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not asked, and why: breaker_open, no_permit, budget_spent, overloaded, ..."""

    reason: str

    @property
    def kind(self) -> OutcomeKind:
        return OutcomeKind.SKIPPED


Outcome = Found | Absent | Waiting | OptedOut | Troubled | Skipped


class CacheLevel(StrEnum):
    MEMORY = "memory"
    REDIS = "redis"
    TWIN = "twin"
    """Shared with an equal question that was already under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One request sent to a provider, for the books. Also written when its answer was useless."""

    id: UUID
    conversation: UUID
    provider: str
    capability: str
    attempt: int
    status: int | None
    """HTTP status, None when no reply came."""
    outcome: OutcomeKind
    cost: MicroUsd
    sent_at: datetime
    latency: timedelta
    permit_wait: timedelta
    whole: MicroUsd | None = None
    """What it cost all it was made for, where `cost` is the part of one of them."""


# Skipped for these reasons, a provider could not have added anything just now.
_NOTHING_TO_ADD = frozenset(
    {
        *("missing_key", "already_filled", "unlikely_to_help", "cannot_help", "opted_out"),
        *("not_in_waterfall", "excluded", "not_configured", "suppressed"),
    }
)
_LOOKED = frozenset({OutcomeKind.NOT_FOUND, OutcomeKind.OPTED_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOutcome:
    """One line of an answer's account: who was asked what, what came of it, what it cost."""

    provider: str
    capability: str
    outcome: OutcomeKind
    reason: str | None
    """Why not, or why there may be more; in closed words or a short technical text."""
    retry_after: timedelta | None
    latency: timedelta
    cost: MicroUsd
    calls: int
    cached: CacheLevel | None
    records: int
    """People and companies it told us of."""
    stale: bool = False
    """Past its time: served because a newer answer was not to be had, or only later."""
    age: timedelta | None = None
    """Of a cached answer."""
    reference: str | None = None
    """Of a pending one: the work that was begun, to go on with."""

    @property
    def may_have_more(self) -> bool:
        """Whether this provider, asked again or given more, might still add something."""
        match self.outcome:
            case OutcomeKind.SKIPPED:
                return self.reason not in _NOTHING_TO_ADD
            case OutcomeKind.FOUND:
                return self.reason is not None
            case kind:
                return kind not in _LOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one ask came to, with what it took."""

    conversation: UUID
    provider: str
    capability: str
    outcome: Outcome
    latency: timedelta
    cached: CacheLevel | None = None
    calls: tuple[CallRecord, ...] = ()
    stale: bool = False
    age: timedelta | None = None

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(call.cost for call in self.calls))

    def summary(self) -> ProviderOutcome:
        return ProviderOutcome(
            provider=self.provider,
            capability=self.capability,
            outcome=self.outcome.kind,
            reason=_reason(self.outcome),
            retry_after=getattr(self.outcome, "retry_after", None),
            latency=self.latency,
            cost=self.cost,
            calls=len(self.calls),
            cached=self.cached,
            records=_records(self.outcome),
            stale=self.stale,
            age=self.age,
            reference=getattr(self.outcome, "reference", None),
        )


def _reason(outcome: Outcome) -> str | None:
    match outcome:
        case Found(incomplete=reason) | Troubled(reason=reason) | Skipped(reason=reason):
            return reason
        case _:
            return None


def _records(outcome: Outcome) -> int:
    if not isinstance(outcome, Found):
        return 0
    observed = outcome.observations
    return len(observed.people) + len(observed.companies) + len(observed.verdicts)
