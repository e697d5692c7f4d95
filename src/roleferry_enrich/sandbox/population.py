"""An invented world of companies and people, the same for the same seed.

`populate` makes it; `View` is what a voice sees of it. Nobody in it exists, every domain is below
`.test` and every telephone number is one set aside for fiction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from roleferry_enrich.sandbox.dice import dice_for
from roleferry_enrich.sandbox.firms import found_companies
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.staffing import hire_people

__all__ = ["Company", "Person", "Population", "View", "populate"]


@dataclass(frozen=True, slots=True)
class Population:
    """Everyone, and who works where. `_truth` serves this; an id is its place in the sequence."""

    seed: int
    companies: Sequence[Company]
    people: Sequence[Person]


def populate(seed: int, companies: int = 500) -> Population:
    """Some eleven people a company; the same world for the same arguments on every Python."""
    dice = dice_for(seed)
    founded = found_companies(dice, companies)
    return Population(seed, founded, hire_people(dice, founded))


class View(Protocol):
    """The population as one provider sees it: its coverage, errors, gaps and out-of-date facts.

    What it returns is already distorted; a voice only puts it in the provider's words. The same
    seed gives the same view. What the provider does not know is None, or an empty text where the
    member cannot be None.
    """

    def company_by_domain(self, domain: str) -> Company | None: ...

    def company_by_number(self, number: str) -> Company | None: ...

    def company_by_id(self, company_id: int) -> Company | None: ...

    def company_by_linkedin(self, slug: str) -> Company | None: ...

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        """The companies whose name, legal name or former name is like the text, best first."""
        ...

    def staff(self, company: Company) -> Sequence[Person]:
        """The people this provider places at the company, the most senior first."""
        ...

    def officers(self, company: Company) -> Sequence[Person]:
        """Those of the staff who hold or held an office, resigned ones included."""
        ...

    def person_by_id(self, person_id: int) -> Person | None: ...

    def person_by_email(self, email: str) -> Person | None: ...

    def person_by_linkedin(self, slug: str) -> Person | None: ...

    def person_named(self, full_name: str, company: Company) -> Person | None: ...

    def mailbox(self, email: str) -> str:
        """What the mail server says of an address: valid, invalid, accept_all, unknown."""
        ...
