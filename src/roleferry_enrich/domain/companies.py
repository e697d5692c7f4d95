"""What one provider says about one company, in our words but with the provider's values."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from roleferry_enrich.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyClaim:
    """One provider's statement about one company. None means unknown, empty means none.

    Values are as the provider wrote them, less placeholders and masks; canonical forms are
    made later, so that a better rule can be applied without asking (and paying) again.
    """

    reference: str | None = None
    """The provider's own id for this company."""
    as_of: date | None = None
    """The day the provider says it last checked this, where it says so."""

    name: str | None = None
    legal_name: str | None = None
    former_names: tuple[str, ...] = ()
    domain: str | None = None
    company_number: str | None = None
    """Number in the register of `country`."""
    status: str | None = None
    """Life of the company as its register puts it: active, dissolved, liquidation, ..."""
    incorporated_on: date | None = None
    founded_year: int | None = None
    industry: str | None = None
    description: str | None = None
    employees: int | None = None
    employees_range: str | None = None
    """As given: `51-200`, `1001-5000`, `10001+`."""
    revenue: int | None = None
    """US dollars a year."""
    revenue_range: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip_code: str | None = None
    phone: str | None = None
    email: str | None = None
    linkedin_url: str | None = None
    twitter_url: str | None = None
    facebook_url: str | None = None
    technologies: tuple[str, ...] = ()
    workforce: Mapping[str, float] = field(default_factory=dict)
    """Department to its share of the staff, 0 to 1."""
    workforce_change: Mapping[str, float] = field(default_factory=dict)
    """Department to its change since the quarter before, as a share (-0.1 is a tenth fewer)."""
