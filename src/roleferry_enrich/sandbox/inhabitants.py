"""A company and a person of the invented world, as they truly are."""

from collections.abc import Mapping
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
    corporate_officers: tuple[str, ...] = ()
    """Officers that are companies themselves; everyone else who holds office is a `Person`."""
    group: int | None = None
    """The company at the head of its group, where it is another one."""
    family: str | None = None
    """The surname its owners share, where it is a family's company."""
    email_pattern: str = "first.last"
    accepts_all_mail: bool = False
    """Its mail server says yes to every address."""


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
    former_last_name: str | None = None
    former_title: str | None = None
    """What they did before, here or at `former_company_id`."""
    former_company_id: int | None = None
    former_email: str | None = None
    mailbox_works: bool = True
    """False where the address, though theirs, bounces."""

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"
