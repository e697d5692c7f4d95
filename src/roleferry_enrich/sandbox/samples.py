"""Invented records for callers who asked for a sample rather than nothing.

They are chosen by the request and never repeat what was asked, so that none can be taken for an
answer; the API marks them, and nothing stores them.
"""

import hashlib
from datetime import UTC, datetime
from functools import cache

from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import (
    Confidence,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
    Value,
)
from roleferry_enrich.sandbox.population import Company, Person, Population, populate

_ORIGIN = "sample"
_INVENTED = datetime(2000, 1, 1, tzinfo=UTC)
_NONE = Confidence(0.0)


def sample(keys: Keys, limit: int) -> tuple[GoldenCompany, tuple[GoldenPerson, ...]]:
    """An invented company and its leading people; the same for the same keys."""
    population = _population()
    company = population.companies[_number(keys) % len(population.companies)]
    staff = [person for person in population.people if person.company_id == company.id]
    return _company(company), tuple(_person(person, company) for person in staff[:limit])


@cache
def _population() -> Population:
    return populate(seed=1, companies=10)


def _number(keys: Keys) -> int:
    digest = hashlib.sha256(repr(keys).encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _person(person: Person, company: Company) -> GoldenPerson:
    fields: dict[str, Value | None] = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "full_name": person.full_name,
        "title": person.title,
        "seniority": person.seniority,
        "department": person.department,
        "company_name": company.name,
        "company_domain": company.domain,
        "business_email": person.email,
        "city": person.city,
        "country": person.country,
    }
    return GoldenPerson(
        fields=_invented(fields),
        contact_points=(),
        confidence=_NONE,
        providers=(_ORIGIN,),
        origins=(_ORIGIN,),
    )


def _company(company: Company) -> GoldenCompany:
    fields: dict[str, Value | None] = {
        "name": company.name,
        "domain": company.domain,
        "industry": company.industry,
        "employees": company.employees,
        "city": company.city,
        "country": company.country_code,
        "technologies": company.technologies,
    }
    return GoldenCompany(
        fields=_invented(fields),
        confidence=_NONE,
        providers=(_ORIGIN,),
        workforce=company.workforce,
        workforce_change=company.workforce_change,
    )


def _invented(fields: dict[str, Value | None]) -> dict[str, FieldValue]:
    source = Source(provider=_ORIGIN, origin=_ORIGIN, observed_at=_INVENTED, as_of=_INVENTED.date())
    return {
        name: FieldValue(value=value, confidence=_NONE, sources=(source,))
        for name, value in fields.items()
        if value is not None
    }
