"""What stands behind an answer: sources, confidence, and what each provider did.

Answers are typed dictionaries: the values come from our own records, so that validating them once
more would only cost time; mypy checks how they are built and pydantic documents them.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from roleferry_enrich.domain.enrichments import Goal, Status, Strategy
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import ContactKind

# No answer is read through these, so their schemas are built when the document is asked for.
DOCUMENTED = ConfigDict(use_attribute_docstrings=True, defer_build=True)
FieldData = str | int | list[str]


@with_config(DOCUMENTED)
class SourceData(TypedDict):
    """One provider's support for a value."""

    provider: str
    origin: str
    """Where the provider has its data from; two providers of one origin confirm nothing."""
    observed_at: datetime
    """When the provider answered."""
    as_of: date
    """The day the statement speaks of."""
    cached: bool


@with_config(DOCUMENTED)
class AlternativeData(TypedDict):
    """A value that lost."""

    value: FieldData
    confidence: float
    providers: list[str]


@with_config(DOCUMENTED)
class Provenance(TypedDict):
    """Why a field has its value."""

    confidence: float
    """How likely the value is true, 0 to 1."""
    verified: bool
    """Checked against the world, not only said."""
    observed_at: datetime
    """When it was last said."""
    sources: list[SourceData]
    """Every provider that said it, the newest first."""
    alternatives: list[AlternativeData]
    """What others said instead."""


@with_config(DOCUMENTED)
class ContactPointData(TypedDict):
    """A way to reach someone."""

    kind: ContactKind
    value: str
    """An e-mail address, a phone number in E.164, or a profile URL without its scheme."""
    label: str
    """`business`, `personal`, `role`, `mobile`, `direct`, `switchboard`, `linkedin`, ..."""
    confidence: float
    deliverability: Deliverability
    """Of an e-mail address; `unknown` for all others."""
    sources: list[SourceData]


@with_config(DOCUMENTED)
class ProviderLine(TypedDict):
    """What one provider was asked, what came of it and what it took."""

    provider: str
    capability: str
    outcome: OutcomeKind
    reason: str | None
    """Why not, or why there may be more. Of a provider that was not asked: `excluded` by the
    request or for the whole account; `not_configured` (no key, or switched off); `cannot_help` (it
    gives nothing that was asked for); `not_in_waterfall`; `missing_key` (no identifier it can
    search by is known); `already_filled` (nothing it could fill is missing); `unlikely_to_help` (it
    hardly ever fills what is missing); `opted_out` (the person objected); `budget_spent`
    (`max_cost` or the account's cap does not allow it); `breaker_open`, `no_permit`, `quarantined`,
    `books_unavailable`, `overloaded`, `deadline_too_near`."""
    retry_after_s: float | None
    """When asking again makes sense."""
    latency_ms: int
    cost_usd: float
    calls: int
    """Requests sent to the provider."""
    cached: CacheLevel | None
    """Where the answer was already known, if it was."""
    stale: bool
    """Past its time: a newer answer was not to be had, or is being fetched behind this one."""
    age_s: int | None
    """How long ago the provider gave a cached answer."""
    records: int
    """People and companies it told of."""


@with_config(DOCUMENTED)
class Meta(TypedDict):
    """How the answer came about."""

    enrichment_id: UUID
    """For `GET /enrichments/{enrichment_id}`, which shows what came in after the deadline."""
    goal: Goal
    """What was asked for: it says which kind of answer this is."""
    status: Status
    """`complete`; `partial`: not every provider could answer, or not yet; `not_found`: every
    provider asked has looked, and none knows the subject; `suppressed`: the person must not be
    looked up, and nobody was asked or nothing of it is told."""
    providers: list[ProviderLine]
    cost_usd: float
    max_cost_usd: float | None
    """What it might cost: `max_cost`, or the account's cap on a request where that is lower."""
    processing_time_ms: int
    deadline_ms: int
    strategy: Strategy
    waterfall: str | None
    """The named waterfall that was followed, if one was."""
    sample: bool
    """Invented sample data, as the request allowed; never a real person or company."""
    withheld: list[str]
    """Fields that are known and shown only to keys with the scope `personal`."""
    contact_id: UUID | None
    """The stored contact, once recorded."""
    company_id: UUID | None
    """The stored company, once recorded."""
