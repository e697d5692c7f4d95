"""The invented world by every key it can be asked for, shared by all views of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.population import Population
from roleferry_enrich.sandbox.spelling import ascii_of

_LEGAL_FORMS = frozenset(
    {"limited", "ltd", "plc", "llp", "inc", "llc", "corp", "corporation", "gmbh", "ag", "se", "kg"}
    | {"co", "sas", "sarl", "sa", "dac", "bv", "nv", "the", "and"}
)
_ALIKE = 78
"""Below this, two names share a word and no more (`Brook Homes`, `Brook Audit` stay below)."""


_PART_OF_A_NAME = 95.0


class Directory:
    def __init__(self, population: Population) -> None:
        self.population = population
        self.domains = {company.domain: company for company in population.companies}
        self.numbers = {c.number: c for c in population.companies if c.number}
        self.company_slugs = {c.linkedin_slug: c for c in population.companies}
        self.person_slugs = {person.linkedin_slug: person for person in population.people}
        self.addresses = _by_address(population.people)
        self._staff = _by_company(population.people)
        self._names = {company.id: _names(company) for company in population.companies}
        self._ids_of_token = _by_token(self._names)
        self._ranked = lru_cache(maxsize=4_096)(self._rank)

    def company(self, company_id: int) -> Company | None:
        companies = self.population.companies
        return companies[company_id] if 0 <= company_id < len(companies) else None

    def person(self, person_id: int) -> Person | None:
        people = self.population.people
        return people[person_id] if 0 <= person_id < len(people) else None

    def connected(self, company_id: int) -> Sequence[Person]:
        """Everyone who works or ever worked there."""
        return self._staff.get(company_id, ())

    def like(self, text: str) -> Sequence[int]:
        """The ids of companies with a name like the text, best first."""
        return self._ranked(_plain(text))

    def _rank(self, wanted: str) -> tuple[int, ...]:
        tokens = wanted.split()
        ids = sorted({i for token in tokens for i in self._ids_of_token.get(token, ())})
        # A slip in the only telling word leaves no shared token: then every name is compared.
        names = {i: self._names[i] for i in ids} if ids else self._names
        scores = {i: max(fuzz.token_sort_ratio(wanted, n) for n in of) for i, of in names.items()}
        within = (i for i in ids if set(tokens) <= set(self._names[i][0].split()))
        scores |= {i: max(scores[i], _PART_OF_A_NAME) for i in within}
        near = [i for i, score in scores.items() if score >= _ALIKE]
        return tuple(sorted(near, key=lambda i: (-scores[i], i)))


def _by_address(people: Iterable[Person]) -> dict[str, Person]:
    """By every address, old ones included; an address in use wins over one that was."""
    found = {person.former_email: person for person in people if person.former_email}
    found |= {person.personal_email: person for person in people if person.personal_email}
    found |= {person.email: person for person in people}
    return found


def _by_company(people: Iterable[Person]) -> dict[int, list[Person]]:
    staff: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        staff[person.company_id].append(person)
        if person.former_company_id is not None:
            staff[person.former_company_id].append(person)
    return staff


def _names(company: Company) -> tuple[str, ...]:
    names = (company.name, company.legal_name, *company.former_names)
    return tuple(dict.fromkeys(_plain(name) for name in names))


def _plain(name: str) -> str:
    words = re.sub(r"[^a-z0-9 ]", "", ascii_of(name).lower().replace("&", " and ")).split()
    return " ".join(word for word in words if word not in _LEGAL_FORMS) or " ".join(words)


def _by_token(names: dict[int, tuple[str, ...]]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for company_id, of in names.items():
        for token in sorted({token for name in of for token in name.split()}):
            ids[token].append(company_id)
    return ids
