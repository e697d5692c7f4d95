"""One contact as the flat fields of an answer: what is the person's, and what the company's."""

from collections.abc import Mapping
from types import MappingProxyType

from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import FieldValue, GoldenCompany, GoldenPerson

_OF_THE_COMPANY: Mapping[str, str] = MappingProxyType(
    {
        "company_name": "name",
        "industry": "industry",
        "company_size": "company_size",
        "company_revenue": "company_revenue",
        "technologies": "technologies",
    }
)
"""Answer field to the company's field it always comes from, where known there."""
WITHOUT_PERSON = frozenset({"phone", "linkedin_url", "city", "state", "country", "zip_code"})
"""Fields that are the company's own where nobody was asked for."""


def flat_answer(
    asked: Keys, person: GoldenPerson | None, company: GoldenCompany | None
) -> Mapping[str, FieldValue]:
    """Every known field by its name in the answer.

    Of somebody who was asked for and not found, the company's phone, page and place would be taken
    for their own.
    """
    known = dict(person.fields) if person else {}
    if company:
        taken = dict(_OF_THE_COMPANY)
        if person is None and not asked.names_person:
            taken |= {name: name for name in WITHOUT_PERSON}
        known |= {name: company.fields[own] for name, own in taken.items() if own in company.fields}
    return known
