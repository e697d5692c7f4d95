"""The invented world through a provider's lens.

Whether a provider knows a subject, and what it has wrong about it, hangs on the seed, the provider
and the subject alone, so that every lookup gives the same facts in whatever order one asks.
"""

from collections.abc import Iterator, Sequence
from random import Random

from roleferry_enrich.sandbox.dice import dice_for
from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.distortion import seen_company, seen_person
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.lenses import Lens
from roleferry_enrich.sandbox.population import View
from roleferry_enrich.sandbox.spelling import name_key
from roleferry_enrich.sandbox.trade_words import SENIORITY_ORDER

_RANKS = {seniority: rank for rank, seniority in enumerate(SENIORITY_ORDER)}
_LEADERSHIP = frozenset({"owner", "founder", "c_suite", "partner", "vp", "head", "director"})
_NEVER_DISTORTED = 0
"""Company 0 and person 0 are for demonstrations: every provider has them, and has them right."""


class SeededView(View):
    def __init__(self, directory: Directory, lens: Lens) -> None:
        self.lens = lens
        self.population = directory.population
        self._directory = directory
        self._companies: dict[int, Company | None] = {}
        self._people: dict[int, Person | None] = {}
        self._staff: dict[int, tuple[Person, ...]] = {}
        self._people_by_name: dict[int, dict[str, Person]] = {}

    def company_by_domain(self, domain: str) -> Company | None:
        return self._known_company(self._directory.domains.get(domain.lower()))

    def company_by_number(self, number: str) -> Company | None:
        return self._known_company(self._directory.numbers.get(number.upper()))

    def company_by_id(self, company_id: int) -> Company | None:
        return self._known_company(self._directory.company(company_id))

    def company_by_linkedin(self, slug: str) -> Company | None:
        return self._known_company(self._directory.company_slugs.get(slug.lower()))

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        found: list[Company] = []
        for company_id in self._directory.like(text):
            if len(found) == limit:
                break
            if (company := self.company_by_id(company_id)) is not None:
                found.append(company)
        return found

    def staff(self, company: Company) -> Sequence[Person]:
        if company.id not in self._staff:
            shown = sorted(self._shown_at(company.id), key=lambda p: (_RANKS[p.seniority], p.id))
            self._staff[company.id] = tuple(shown[: self.lens.most_people])
        return self._staff[company.id]

    def officers(self, company: Company) -> Sequence[Person]:
        return tuple(person for person in self.staff(company) if person.officer_role)

    def person_by_id(self, person_id: int) -> Person | None:
        return self._known_person(self._directory.person(person_id))

    def person_by_email(self, email: str) -> Person | None:
        return self._looked_up(self._directory.addresses.get(email.lower()))

    def person_by_linkedin(self, slug: str) -> Person | None:
        return self._looked_up(self._directory.person_slugs.get(slug.lower()))

    def person_named(self, full_name: str, company: Company) -> Person | None:
        if company.id not in self._people_by_name:
            self._people_by_name[company.id] = self._names_at(company)
        named = self._people_by_name[company.id].get(name_key(full_name))
        return named and self._looked_up(self._directory.person(named.id))

    def mailbox(self, email: str) -> str:
        """The same for every provider: it is the mail server that answers."""
        address = email.lower()
        owner = self._directory.addresses.get(address)
        company = self._directory.domains.get(address.partition("@")[2])
        if company is not None and company.accepts_all_mail:
            return "accept_all"
        if owner is not None and address in {owner.email, owner.personal_email}:
            works = owner.mailbox_works and owner.resigned_on is None
            return "valid" if works or address == owner.personal_email else "invalid"
        return "unknown" if company is None else "invalid"

    def _known_company(self, company: Company | None) -> Company | None:
        if company is None:
            return None
        if company.id not in self._companies:
            self._companies[company.id] = self._seen_company(company)
        return self._companies[company.id]

    def _seen_company(self, company: Company) -> Company | None:
        dice = self._dice("company", company.id)
        if self.lens.countries and company.country_code not in self.lens.countries:
            return None
        if dice.random() >= self.lens.companies and company.id != _NEVER_DISTORTED:
            return None
        return seen_company(company, self._lens_on(company.id), dice)

    def _known_person(self, person: Person | None) -> Person | None:
        if person is None:
            return None
        if person.id not in self._people:
            self._people[person.id] = self._seen_person(person)
        return self._people[person.id]

    def _seen_person(self, person: Person) -> Person | None:
        dice = self._dice("person", person.id)
        covered, left, stale = (dice.random() for _ in range(3))
        if not self._covers(person, covered, left):
            return None
        stays = stale < self.lens.stale_employers and self._has_company(person.former_company_id)
        if not stays and not self._has_company(person.company_id):
            return None
        return seen_person(person, self._lens_on(person.id), dice, stale_employer=stays)

    def _has_company(self, company_id: int | None) -> bool:
        return company_id is not None and self.company_by_id(company_id) is not None

    def _covers(self, person: Person, covered: float, left: float) -> bool:
        if self.lens.audience == "officers" and person.officer_role is None:
            return False
        if self.lens.audience == "leadership" and person.seniority not in _LEADERSHIP:
            return False
        if person.resigned_on is not None and left >= self.lens.leavers:
            return False
        return covered < self.lens.people or person.id == _NEVER_DISTORTED

    def _looked_up(self, person: Person | None) -> Person | None:
        """Who the lookup brings: now and then, as with real providers, somebody else."""
        seen = self._known_person(person)
        if seen is None or seen.id == _NEVER_DISTORTED:
            return seen
        dice = self._dice("lookup", seen.id)
        if dice.random() >= self.lens.wrong_people:
            return seen
        return self.person_by_id(dice.randrange(len(self.population.people))) or seen

    def _shown_at(self, company_id: int) -> Iterator[Person]:
        for person in self._directory.connected(company_id):
            seen = self._known_person(person)
            if seen is not None and seen.company_id == company_id:
                yield seen

    def _names_at(self, company: Company) -> dict[str, Person]:
        """Those shown there by every form of their names; among namesakes the most senior."""
        found: dict[str, Person] = {}
        for seen in self.staff(company):
            true = self.population.people[seen.id]
            for name in _forms(true) | _forms(seen):
                found.setdefault(name, seen)
        return found

    def _lens_on(self, subject_id: int) -> Lens:
        return _undistorted(self.lens) if subject_id == _NEVER_DISTORTED else self.lens

    def _dice(self, kind: str, subject_id: int) -> Random:
        return dice_for(self.population.seed, self.lens.name, kind, subject_id)


def _undistorted(lens: Lens) -> Lens:
    """Only what the provider has for nobody stays missing."""
    always = {member: rate for member, rate in lens.missing.items() if rate == 1.0}
    return Lens(name=lens.name, companies=1.0, people=1.0, missing=always, casing=lens.casing)


def _forms(person: Person) -> set[str]:
    names = {name_key(person.first_name, person.last_name)}
    if person.middle_name:
        names.add(name_key(person.first_name, person.middle_name, person.last_name))
    if person.nickname:
        names.add(name_key(person.nickname, person.last_name))
    return names
