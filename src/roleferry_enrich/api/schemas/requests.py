"""The bodies of the operations that enrich."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from roleferry_enrich.api.schemas.fields import (
    CompanyText,
    CountryText,
    DomainText,
    EmailText,
    EnrichmentType,
    FieldName,
    NameText,
    NumberText,
    Served,
    UrlText,
)
from roleferry_enrich.api.violations import violation

PERSON_IDENTIFIERS = (
    "email",
    "linkedin_url",
    "full_name",
    "domain",
    "company_name",
    "company_number",
)
COMPANY_IDENTIFIERS = ("domain", "company_name", "company_number")
PROFILED_COMPANY_IDENTIFIERS = (*COMPANY_IDENTIFIERS, "linkedin_url")


class EnrichBody(Served):
    """One contact, by anything known of them."""

    email: EmailText | None = None
    """Their address; a business address also names the company."""
    domain: DomainText | None = None
    """Their company's domain."""
    company_name: CompanyText | None = None
    full_name: NameText | None = None
    """In reading order."""
    first_name: NameText | None = None
    last_name: NameText | None = None
    linkedin_url: UrlText | None = None
    """A person's profile, or a company's."""
    company_number: NumberText | None = None
    """In the register of `country`, with or without its leading zeros."""
    country: CountryText | None = None
    """ISO 3166-1 alpha-2, or the country's English name. Narrows, identifies nothing."""
    enrich: Annotated[list[FieldName], Field(min_length=1, max_length=100)] | None = None
    """The fields wanted; all, where absent."""

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if not (self.first_name and self.last_name):
            _require_one(self, PERSON_IDENTIFIERS)
        return self


class ExecutivesBody(Served):
    """The people who lead one company."""

    company_name: CompanyText | None = None
    domain: DomainText | None = None
    company_number: NumberText | None = None
    """In the register of `country`, with or without its leading zeros."""
    country: CountryText | None = None
    """ISO 3166-1 alpha-2, or the country's English name. Narrows, identifies nothing."""
    titles: Annotated[list[NameText], Field(max_length=20)] = Field(default_factory=list)
    """Job titles wanted; executives of every kind, where empty."""
    known_executives: Annotated[list[NameText], Field(max_length=50)] = Field(default_factory=list)
    """Names already known, to be confirmed and filled in."""
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    """The most people wanted."""

    @model_validator(mode="after")
    def _identified(self) -> Self:
        _require_one(self, COMPANY_IDENTIFIERS)
        return self


class CompanyBody(Served):
    """One company."""

    company_name: CompanyText | None = None
    domain: DomainText | None = None
    company_number: NumberText | None = None
    """In the register of `country`, with or without its leading zeros."""
    linkedin_url: UrlText | None = None
    """The company's page."""
    country: CountryText | None = None
    """ISO 3166-1 alpha-2, or the country's English name. Narrows, identifies nothing."""
    enrichment_types: Annotated[list[EnrichmentType], Field(min_length=1, max_length=10)] | None = (
        None
    )
    """What is wanted; all, where absent."""

    @model_validator(mode="after")
    def _identified(self) -> Self:
        _require_one(self, PROFILED_COMPANY_IDENTIFIERS)
        return self


def _require_one(body: Served, identifiers: tuple[str, ...]) -> None:
    if not any(getattr(body, name) for name in identifiers):
        message = "give at least one of " + ", ".join(identifiers)
        raise violation("identifier_required", message)
