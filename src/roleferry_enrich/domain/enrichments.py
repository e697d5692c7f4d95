"""A request for enrichment and its result, as the pipeline, the API and the storage share them."""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from roleferry_enrich.domain.handling import LawfulBasis
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence, GoldenCompany, GoldenPerson
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.domain.waterfalls import Waterfall

_ABOUT_A_PERSON = frozenset({"find_person", "find_email", "verify_email"})


class Goal(StrEnum):
    PERSON = "person"
    EXECUTIVES = "executives"
    COMPANY = "company"


class Strategy(StrEnum):
    PARALLEL = "parallel"
    WATERFALL = "waterfall"


class Status(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    """Answered at the deadline, or a provider could not answer: there may be more."""
    NOT_FOUND = "not_found"
    """Every provider asked has looked, and none knows the subject."""
    SUPPRESSED = "suppressed"
    """The person must not be processed: nobody was asked, or nothing of it is told."""


PERSON_FIELDS = (
    "first_name",
    "last_name",
    "full_name",
    "company_name",
    "title",
    "industry",
    "company_size",
    "location",
    "linkedin_url",
    "phone",
    "personal_email",
    "business_email",
    "city",
    "state",
    "country",
    "zip_code",
    "company_revenue",
    "technologies",
    "seniority",
    "department",
)
"""The flat fields of `POST /enrich`, in the order of the answer."""
EXECUTIVE_FIELDS = (
    "first_name",
    "middle_names",
    "last_name",
    "full_name",
    "title",
    "role",
    "seniority",
    "department",
    "appointed_on",
)
"""The flat fields of each executive; how to reach them is told in contact points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a request wants to be served; defaults are the API's."""

    strategy: Strategy = Strategy.PARALLEL
    waterfall: Waterfall | None = None
    """The order of a waterfall; None orders by what a provider promises for its price."""
    deadline: timedelta = timedelta(seconds=2)
    max_cost: MicroUsd | None = None
    min_confidence: Confidence = Confidence(0.0)
    """Below this a value is left out of the answer; a waterfall goes on until it is reached."""
    max_age: timedelta | None = None
    """The oldest cached answer that may be used; None leaves it to each capability."""
    include: frozenset[str] = frozenset()
    """Only these providers, where not empty."""
    exclude: frozenset[str] = frozenset()
    sample_fallback: bool = False
    purpose: str | None = None
    """To what end the account asks, as it has said; kept with what is learned."""
    lawful_basis: LawfulBasis | None = None
    shows_personal: bool = True
    """Whether who asks is shown personal addresses and numbers; what is withheld is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an account asks for."""

    goal: Goal
    keys: Keys
    wanted: frozenset[str] = frozenset(PERSON_FIELDS)
    """Answer fields wanted; for a company the enrichment types (firmographics, ...)."""
    limit: int = 25
    titles: tuple[str, ...] = ()
    known_executives: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """A request's result as known now; grows while late providers come in."""

    id: UUID
    account_id: UUID
    request: Request
    status: Status
    started_at: datetime
    answered_at: datetime
    outcomes: tuple[ProviderOutcome, ...]
    person: GoldenPerson | None = None
    company: GoldenCompany | None = None
    executives: tuple[GoldenPerson, ...] = ()
    person_id: UUID | None = None
    """The stored contact's id, once recorded."""
    company_id: UUID | None = None
    sample: bool = False
    may_cost: MicroUsd | None = None
    """What providers may be paid for it: its `max_cost` or the account's cap, the lower; None is no
    limit."""
    withheld: tuple[str, ...] = ()
    """Fields that are known, and not shown to this asker."""

    @property
    def opted_out(self) -> bool:
        """Whether the person asked a provider not to be processed."""
        return any(
            outcome.outcome is OutcomeKind.OPTED_OUT and outcome.capability in _ABOUT_A_PERSON
            for outcome in self.outcomes
        )

    @property
    def cost(self) -> MicroUsd:
        return MicroUsd(sum(outcome.cost for outcome in self.outcomes))

    @property
    def is_owed(self) -> bool:
        """Whether a provider has said that it will know later."""
        return any(outcome.outcome is OutcomeKind.PENDING for outcome in self.outcomes)
