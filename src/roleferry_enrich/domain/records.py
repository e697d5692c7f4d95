"""Golden records: what we answer, each value with the observations that support it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.values import dataclass

Value = str | int | tuple[str, ...]
"""A field's value; a day is its ISO form, so that a stored record reads back as it was."""


@dataclass(frozen=True, slots=True, order=True)
class Confidence:
    """How likely a value is true, 0 to 1."""

    value: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise ValueError("a confidence lies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One provider's support for a value."""

    provider: str
    origin: str
    observed_at: datetime
    as_of: date
    cached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A value that lost, so that the reader can judge."""

    value: Value
    confidence: Confidence
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    value: Value
    confidence: Confidence
    sources: tuple[Source, ...]
    """Every provider that said this value (in whatever spelling), newest first."""
    verified: bool = False
    """Checked against the world (a mailbox that answers), not only said."""
    alternatives: tuple[Alternative, ...] = ()

    @property
    def observed_at(self) -> datetime:
        return max(source.observed_at for source in self.sources)


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """A way to reach someone: canonical value (e-mail, E.164, profile URL)."""

    kind: ContactKind
    value: str
    label: str
    """`business`, `personal`, `role`, `mobile`, `direct`, `switchboard`, `linkedin`, ..."""
    confidence: Confidence
    sources: tuple[Source, ...]
    deliverability: Deliverability = Deliverability.UNKNOWN
    """Of an e-mail; unknown for every other kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenPerson:
    """One person, merged. `fields` holds only what is known.

    Fields: first_name, middle_names, last_name, full_name, title, seniority, department, role,
    appointed_on, resigned_on, company_name, company_domain, company_number, linkedin_url,
    business_email, personal_email, phone, location, city, state, country, zip_code.
    """

    fields: Mapping[str, FieldValue]
    contact_points: tuple[ContactPoint, ...]
    confidence: Confidence
    """That this is one person and the one described."""
    providers: tuple[str, ...]
    origins: tuple[str, ...]
    """Independent origins among the providers: what agreement is worth."""

    def text(self, field: str) -> str | None:
        known = self.fields.get(field)
        return None if known is None else str(known.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCompany:
    """One company, merged. `fields` holds only what is known.

    Fields: name, legal_name, domain, company_number, status, incorporated_on, founded_year,
    industry, description, employees, company_size, company_revenue, street, city, state,
    country, zip_code, phone, email, linkedin_url, twitter_url, facebook_url, technologies.
    """

    fields: Mapping[str, FieldValue]
    confidence: Confidence
    providers: tuple[str, ...]
    workforce: Mapping[str, float]
    workforce_change: Mapping[str, float]

    def text(self, field: str) -> str | None:
        known = self.fields.get(field)
        return None if known is None else str(known.value)
