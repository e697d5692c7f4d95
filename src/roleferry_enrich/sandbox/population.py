"""An invented world of companies and people, the same for the same seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    id: int
    name: str
    """As people say it: `Quillmere Instruments`."""
    legal_name: str
    """As registered: `QUILLMERE INSTRUMENTS LIMITED`."""
    former_names: tuple[str, ...]
    number: str
    """Eight characters, as Companies House pads them."""
    status: str
    incorporated_on: date
    domain: str
    """Below `.test`, so that no real host can be meant."""
    industry: str
    sic_code: str
    description: str
    employees: int
    revenue: int
    street: str
    city: str
    state: str
    country: str
    country_code: str
    postcode: str
    phone: str
    linkedin_slug: str
    technologies: tuple[str, ...]
    workforce: Mapping[str, float]
    workforce_change: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: int
    company_id: int
    first_name: str
    middle_name: str | None
    last_name: str
    honorific: str | None
    nickname: str | None
    title: str
    seniority: str
    """owner, founder, c_suite, partner, vp, head, director, manager, senior, entry."""
    department: str
    officer_role: str | None
    """A Companies House role (`director`, `secretary`), None for staff."""
    appointed_on: date | None
    resigned_on: date | None
    birth_year: int
    birth_month: int
    nationality: str
    email: str
    personal_email: str | None
    mobile: str | None
    linkedin_slug: str
    city: str
    state: str
    country: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone, and who works where. `_truth` serves this."""

    seed: int
    companies: Sequence[Company]
    people: Sequence[Person]


class View:
    """The population as one provider sees it: its coverage, errors, gaps and out-of-date facts.

    What it returns is already distorted; a voice only puts it in the provider's words. The same
    seed gives the same view.
    """

    def company_by_domain(self, domain: str) -> Company | None:
        raise NotImplementedError

    def company_by_number(self, number: str) -> Company | None:
        raise NotImplementedError

    def company_by_id(self, company_id: int) -> Company | None:
        raise NotImplementedError

    def company_by_linkedin(self, slug: str) -> Company | None:
        raise NotImplementedError

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        """The companies whose name, legal name or former name is like the text, best first."""
        raise NotImplementedError

    def staff(self, company: Company) -> Sequence[Person]:
        """The people this provider places at the company, the most senior first."""
        raise NotImplementedError

    def officers(self, company: Company) -> Sequence[Person]:
        """Those of the staff who hold or held an office, resigned ones included."""
        raise NotImplementedError

    def person_by_id(self, person_id: int) -> Person | None:
        raise NotImplementedError

    def person_by_email(self, email: str) -> Person | None:
        raise NotImplementedError

    def person_by_linkedin(self, slug: str) -> Person | None:
        raise NotImplementedError

    def person_named(self, full_name: str, company: Company) -> Person | None:
        raise NotImplementedError

    def mailbox(self, email: str) -> str:
        """What the mail server says of an address: valid, invalid, accept_all, unknown."""
        raise NotImplementedError
