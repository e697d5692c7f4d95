"""The records of Apollo's API, filled with people and companies of the invented world.

Ids are 24 hexadecimal digits made from the population's, so that a match by id needs no memory.
"""

from datetime import date, timedelta
from string import hexdigits

from roleferry_enrich.sandbox.population import Company, Person, View

_PERSON, _ORGANIZATION, _JOB = "5eed00000001", "5eed00000002", "5eed00000003"
_FIRST_LOOK = date(2025, 7, 1)  # the invented world's today is 2026-06-01
_EMAIL_STATUS = {"valid": "verified", "invalid": "extrapolated"}


def masked_person(person: Person, company: Company) -> dict[str, object]:
    last = person.last_name
    return {
        "id": _id(_PERSON, person.id),
        "first_name": person.first_name,
        "last_name_obfuscated": f"{last[:2]}***{last[-1:]}",
        "title": person.title or None,
        "last_refreshed_at": f"{_looked_at(person)}T04:05:06.000+00:00",
        "has_email": bool(person.email),
        "has_city": bool(person.city),
        "has_direct_phone": "Yes" if person.mobile else "No",
        "organization": {"name": company.name, "has_phone": bool(company.phone)},
    }


def person_record(view: View, person: Person, *, personal: bool) -> dict[str, object]:
    company = view.company_by_id(person.company_id)
    return {
        "id": _id(_PERSON, person.id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": person.full_name,
        "linkedin_url": _profile("in", person.linkedin_slug),
        "title": person.title or None,
        "email": person.email or None,
        "email_status": _email_status(view, person),
        "extrapolated_email_confidence": None,
        "organization_id": _id(_ORGANIZATION, person.company_id),
        "employment_history": [_job(person, company)],
        "city": person.city or None,
        "state": person.state or None,
        "country": person.country or None,
        "departments": [person.department],
        "seniority": person.seniority,
        "revealed_for_current_team": True,
        **({"organization": organization_record(company)} if company else {}),
        **({"personal_emails": list(filter(None, [person.personal_email]))} if personal else {}),
    }


def organization_record(company: Company) -> dict[str, object]:
    return {
        "id": _id(_ORGANIZATION, company.id),
        "name": company.name,
        "website_url": f"http://www.{company.domain}" if company.domain else None,
        "linkedin_url": _profile("company", company.linkedin_slug),
        "primary_domain": company.domain or None,
        "primary_phone": {"number": company.phone} if company.phone else {},
        "phone": company.phone or None,
        "founded_year": company.incorporated_on.year,
        "industry": company.industry.lower(),
        "estimated_num_employees": company.employees or None,
        "annual_revenue": company.revenue or None,
        "annual_revenue_printed": _printed(company.revenue),
        "street_address": company.street,
        "city": company.city,
        "state": company.state,
        "postal_code": company.postcode,
        "country": company.country,
        "short_description": company.description or None,
        "technology_names": list(company.technologies),
    }


def person_number(identity: str) -> int | None:
    """The population's id of a person from Apollo's; None for an id that is none of ours."""
    kind, number = identity[: len(_PERSON)], identity[len(_PERSON) :]
    is_ours = kind == _PERSON and all(digit in hexdigits for digit in number)
    return int(number, 16) if is_ours and number else None


def _looked_at(person: Person) -> date:
    return _FIRST_LOOK + timedelta(days=person.id * 37 % 330)


def _email_status(view: View, person: Person) -> str:
    known = view.mailbox(person.email) if person.email else "none"
    return "unavailable" if known == "none" else _EMAIL_STATUS.get(known, "unverified")


def _job(person: Person, company: Company | None) -> dict[str, object]:
    return {
        "_id": _id(_JOB, person.id),
        "current": True,
        "end_date": None,
        "organization_id": _id(_ORGANIZATION, person.company_id),
        "organization_name": company.name if company else None,
        "title": person.title or None,
    }


def _printed(revenue: int) -> str | None:
    if not revenue:
        return None
    return f"{revenue / 10**6:g}M" if revenue < 10**9 else f"{revenue / 10**9:.3g}B"


def _profile(kind: str, slug: str) -> str | None:
    return f"http://www.linkedin.com/{kind}/{slug}" if slug else None


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:012x}"
