"""A batch: a job of many items, each of which reaches an end that its owner can see."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from uuid import UUID

from roleferry_enrich.domain.enrichments import Enrichment, Request, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.domain.values import dataclass

MOST_ITEMS = 10_000
MOST_DEATHS = 5
"""Workers that an item may take with it before it is given up."""


class ItemState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    """Something was found, or a provider will say later."""
    NOT_FOUND = "not_found"
    FAILED = "failed"
    """No provider could answer, or the job's or account's money was spent; may be retried."""
    DEAD = "dead"
    """Each worker that took it died; may be retried."""
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"
    """The person asked not to be processed."""


UNFINISHED = frozenset({ItemState.QUEUED, ItemState.RUNNING})
RETRIED = frozenset({ItemState.FAILED, ItemState.DEAD})


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class JobPriority(IntEnum):
    """Which of an account's own jobs go first; between accounts it changes nothing."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of a job."""

    number: int
    """Of its row in what was sent, from 1."""
    reference: str | None
    """The caller's own word for it."""
    request: Request
    is_suppressed: bool = False
    """It was about somebody who must not be processed; the request says no more of whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """Why a row was not accepted. Never holds what was sent."""

    row: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job as it was sent."""

    items: tuple[Item, ...]
    faults: tuple[RowFault, ...] = ()
    refused: int = 0
    """Rows that were not accepted."""
    columns: Mapping[str, str] | None = None
    """Of a CSV: which column each field was read from."""
    priority: JobPriority = JobPriority.NORMAL
    max_cost: MicroUsd | None = None
    callback_url: str | None = None
    key_id: str | None = None
    """Of the API key that sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as known now."""

    id: UUID
    account_id: UUID
    created_at: datetime
    priority: JobPriority
    max_cost: MicroUsd | None
    callback_url: str | None
    total: int
    faults: tuple[RowFault, ...] = ()
    refused: int = 0
    columns: Mapping[str, str] | None = None
    cancelled_at: datetime | None = None
    finished_at: datetime | None = None
    counts: Mapping[ItemState, int] = field(default_factory=lambda: MappingProxyType({}))
    cost: MicroUsd = MicroUsd(0)
    cache_hits: int = 0
    """Questions to providers that a cache, or an equal question under way, answered."""
    time_left: timedelta | None = None
    """At the pace of the last minute; None where there was none."""

    @property
    def state(self) -> JobState:
        if self.cancelled_at is not None:
            return JobState.CANCELLED
        if self.finished_at is not None:
            return JobState.DONE
        begun = sum(self.counts.values()) - self.counts.get(ItemState.QUEUED, 0)
        return JobState.RUNNING if begun else JobState.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """An item that one worker may run until its lease ends. The epoch tells its leases apart."""

    account_id: UUID
    job_id: UUID
    number: int
    epoch: int
    enrichment_id: UUID
    """Under which this try is recorded."""
    request: Request
    sent_at: datetime
    """When its job was, by the database's clock."""
    allowance: MicroUsd | None = None
    """What of the job's `max_cost` it may spend; None without a cap."""
    charge_id: UUID | None = None
    """Of its first try: whatever its tries find is charged once."""
    key_id: str | None = None
    """Of the API key that sent the job."""
    delays: int = 0
    """How often it was put off for a passing ill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of an item."""

    state: ItemState
    reason: str | None = None
    enrichment_id: UUID | None = None
    cost: MicroUsd = MicroUsd(0)
    """Of this try."""
    cache_hits: int = 0
    is_owed: bool = False
    """A provider will say later, and what it then allows to ask may cost more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """An item that reached its end, with the answer as known now."""

    number: int
    reference: str | None
    state: ItemState
    reason: str | None
    cost: MicroUsd
    settled_at: datetime
    enrichment: Enrichment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A job's money in micro-dollars."""

    cap: int
    spent: int
    held: int
    """Allowed to items that may still spend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What an item may cost, in micro-dollars."""

    cheapest: int
    """One paid call at the least."""
    dearest: int
    """All that may be asked for one item."""


def allowance(budget: Budget, prices: Prices) -> MicroUsd | None:
    """What one more item may spend; None: wait until others have given back what they held.

    The last money goes to one item at a time, so that none is refused while a call's price is
    only held. Who may spend nothing still has caches and free providers.
    """
    left = budget.cap - budget.spent
    if not prices.cheapest or left < prices.cheapest:
        return MicroUsd(0)
    if left - budget.held >= prices.dearest:
        return MicroUsd(prices.dearest)
    return None if budget.held > 0 else MicroUsd(left)


def settlement_of(enrichment: Enrichment, item: Leased) -> Settlement:
    """What an answer means for its item."""
    own = item.request.options.max_cost
    is_capped = item.allowance is not None and (own is None or item.allowance < own)
    state, reason = _end(enrichment, is_capped=is_capped)
    return Settlement(
        state=state,
        reason=reason,
        enrichment_id=enrichment.id,
        # One that was recalled has been told with the item it was made for.
        cost=enrichment.cost if enrichment.id == item.enrichment_id else MicroUsd(0),
        cache_hits=sum(outcome.cached is not None for outcome in enrichment.outcomes),
        is_owed=_has(enrichment, OutcomeKind.PENDING),
    )


def _end(enrichment: Enrichment, *, is_capped: bool) -> tuple[ItemState, str | None]:
    if enrichment.status is Status.SUPPRESSED:
        return ItemState.SUPPRESSED, "suppressed"
    if _has(enrichment, OutcomeKind.OPTED_OUT):
        return ItemState.SUPPRESSED, "opted_out"
    unpaid = any(outcome.reason == "budget_spent" for outcome in enrichment.outcomes)
    short = "budget" if unpaid and is_capped else None
    if enrichment.person or enrichment.company or enrichment.executives:
        return ItemState.DONE, short
    if enrichment.status is Status.NOT_FOUND:
        return ItemState.NOT_FOUND, None
    if _has(enrichment, OutcomeKind.PENDING):
        return ItemState.DONE, "pending"
    return ItemState.FAILED, short or "no_provider_answered"


def _has(enrichment: Enrichment, kind: OutcomeKind) -> bool:
    return any(outcome.outcome is kind for outcome in enrichment.outcomes)


# No provider's answer: it could not be asked just now, and can be in a while.
_PASSING = frozenset({"no_permit", "overloaded", "books_unavailable"})


def may_wait(enrichment: Enrichment) -> bool:
    """Whether nothing was found only because somebody had no time for us: nobody is in a hurry."""
    if enrichment.status is not Status.PARTIAL or enrichment.person or enrichment.company:
        return False
    return any(
        outcome.outcome is OutcomeKind.SKIPPED and outcome.reason in _PASSING
        for outcome in enrichment.outcomes
    )
