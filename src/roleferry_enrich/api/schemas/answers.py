"""The answers of the operations that enrich."""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, RootModel, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED, ContactPointData, Meta, Provenance
from roleferry_enrich.domain.outcomes import OutcomeKind

Advice = Literal[
    "ask_again",
    "allow_more_time",
    "allow_more_money",
    "check_provider_key",
    "top_up_provider",
    "name_the_company_exactly",
    "confirm_single_sources",
    "verify_emails",
]


@with_config(DOCUMENTED)
class EnrichAnswer(TypedDict):
    """One contact.

    A field is null where it is unknown, was not asked for, or is less likely than
    `min_confidence`. Where no person was asked for, place, phone and profile are the company's.
    """

    first_name: str | None
    last_name: str | None
    full_name: str | None
    company_name: str | None
    title: str | None
    industry: str | None
    company_size: str | None
    """Number of staff, or its range."""
    location: str | None
    linkedin_url: str | None
    phone: str | None
    """E.164."""
    personal_email: str | None
    business_email: str | None
    city: str | None
    state: str | None
    country: str | None
    zip_code: str | None
    company_revenue: int | str | None
    """US dollars a year, or their range."""
    technologies: list[str] | None
    seniority: str | None
    department: str | None
    provenance: dict[str, Provenance]
    """Why each known field has its value, by field."""
    contact_points: list[ContactPointData]
    """Every way to reach them, the best first."""
    meta: Meta


@with_config(DOCUMENTED)
class Firmographics(TypedDict):
    """What a company is. Null where unknown."""

    name: str | None
    legal_name: str | None
    domain: str | None
    company_number: str | None
    status: str | None
    """As its register puts it: active, dissolved, liquidation, ..."""
    incorporated_on: str | None
    """A day, as `YYYY-MM-DD`."""
    founded_year: int | None
    industry: str | None
    description: str | None
    employees: int | None
    company_size: str | None
    """Number of staff, or its range."""
    company_revenue: int | str | None
    """US dollars a year, or their range."""
    street: str | None
    city: str | None
    state: str | None
    country: str | None
    zip_code: str | None
    phone: str | None
    email: str | None
    linkedin_url: str | None
    twitter_url: str | None
    facebook_url: str | None


@with_config(DOCUMENTED)
class CompanyProfile(TypedDict):
    """The company that was found."""

    id: UUID | None
    """The stored company, once recorded."""
    firmographics: Firmographics
    confidence: float
    """That this is one company and the one described."""
    sources: list[str]
    """The providers that know it."""
    provenance: dict[str, Provenance]


@with_config(DOCUMENTED)
class Executive(TypedDict):
    """One person who leads the company. Null where unknown."""

    first_name: str | None
    middle_names: str | None
    last_name: str | None
    full_name: str | None
    title: str | None
    role: str | None
    """An office held in law: director, secretary, ..."""
    seniority: str | None
    department: str | None
    appointed_on: str | None
    """A day, as `YYYY-MM-DD`."""
    profile_urls: list[str]
    contact_points: list[ContactPointData]
    sources: list[str]
    """The providers that know them."""
    agreeing_sources: int
    """Independent origins among the sources; two providers of one origin count once."""
    confidence: float
    """That this is one person and the one described."""
    provenance: dict[str, Provenance]


@with_config(DOCUMENTED)
class SourceResult(TypedDict):
    """What one provider brought to the answer."""

    executives: int
    """How many of the executives it knows."""
    outcomes: list[OutcomeKind]
    """One for each thing it was asked."""
    calls: int
    cost_usd: float


@with_config(DOCUMENTED)
class Recommendation(TypedDict):
    """What would make the next answer better."""

    code: Advice
    message: str


@with_config(DOCUMENTED)
class Quality(TypedDict):
    """How much to build on this answer."""

    score: float
    """0 to 1, over the executives: half their confidence, and a sixth each for a known position,
    a way to reach them, and a second independent origin."""
    recommendations: list[Recommendation]


@with_config(DOCUMENTED)
class ExecutivesAnswer(TypedDict):
    """A company and the people who lead it."""

    company: CompanyProfile | None
    executives: list[Executive]
    """The most certain first."""
    best_source: str | None
    """The provider that knows most of the executives; of equals the cheapest."""
    source_results: dict[str, SourceResult]
    """By provider."""
    failed_sources: list[str]
    """Providers that could not answer anything; `meta.providers` says why."""
    total_api_calls: int
    cached_results: int
    """How many of the questions were already answered in a cache."""
    processing_time_ms: int
    quality: Quality
    meta: Meta


@with_config(DOCUMENTED)
class Technographics(TypedDict):
    """What a company works with."""

    technologies: list[str] | None
    """Null where unknown; empty where a provider looked and found none."""


@with_config(DOCUMENTED)
class WorkforceTrends(TypedDict):
    """How a company's staff is made up and changes."""

    shares: dict[str, float]
    """Department to its share of the staff, 0 to 1."""
    changes: dict[str, float]
    """Department to its change since the quarter before, as a share: -0.1 is a tenth fewer."""


@with_config(DOCUMENTED)
class CompanyAnswer(TypedDict):
    """One company. A part is null where it was not asked for or nothing is known of it."""

    firmographics: Firmographics | None
    technographics: Technographics | None
    workforce_trends: WorkforceTrends | None
    confidence: float | None
    """That this is one company and the one described; null where none was found."""
    sources: list[str]
    """The providers that know it."""
    provenance: dict[str, Provenance]
    """Why each known field has its value, by field."""
    meta: Meta


Answer = EnrichAnswer | ExecutivesAnswer | CompanyAnswer


class AnyAnswer(RootModel[Any]):
    """An answer of any operation that enriches; `meta.goal` says of which."""

    model_config = ConfigDict(defer_build=True)

    root: Answer
