"""Claims with their provenance: who said it, in which call, when, and from how fresh a look."""

from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim
from roleferry_enrich.domain.values import dataclass

Claim = TypeVar("Claim", PersonClaim, CompanyClaim, EmailVerdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    provider: str
    capability: str
    origin: str
    """Where the provider's data comes from; two providers of one origin confirm nothing."""
    conversation: UUID
    """The conversation with the provider, recorded with its calls and cost."""
    observed_at: datetime
    """When the provider answered; for a cached answer, when it answered then."""
    cached: bool = False
    recalled: bool = False
    """Read from our own database, where it is kept with the enrichment that observed it."""


@dataclass(frozen=True, slots=True)
class Observation(Generic[Claim]):
    claim: Claim
    provenance: Provenance

    @property
    def as_of(self) -> date:
        """The day the statement speaks of: the provider's own date, else the day it answered."""
        said = getattr(self.claim, "as_of", None) or getattr(self.claim, "checked_on", None)
        return said or self.provenance.observed_at.date()


PersonObservation = Observation[PersonClaim]
CompanyObservation = Observation[CompanyClaim]
EmailObservation = Observation[EmailVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """All that is known of one request's subjects so far; grows as providers answer."""

    people: tuple[PersonObservation, ...] = ()
    companies: tuple[CompanyObservation, ...] = ()
    verdicts: tuple[EmailObservation, ...] = ()

    def __add__(self, other: "Observations") -> "Observations":
        return Observations(
            people=self.people + other.people,
            companies=self.companies + other.companies,
            verdicts=self.verdicts + other.verdicts,
        )

    def without(self, conversation: UUID) -> "Observations":
        """All but what was said in one conversation."""
        return Observations(
            people=tuple(o for o in self.people if o.provenance.conversation != conversation),
            companies=tuple(o for o in self.companies if o.provenance.conversation != conversation),
            verdicts=tuple(o for o in self.verdicts if o.provenance.conversation != conversation),
        )
