"""Clearbit's documents about invented people and companies, which Hunter's enrichment shares."""

from collections.abc import Sequence
from typing import Any

from roleferry_enrich.sandbox.networks import facebook_page, x_handle
from roleferry_enrich.sandbox.population import Company, Person

Document = dict[str, Any]  # JSON on its way out, never read back
_INDEXED_AT = "2026-05-20T08:15:00.000Z"
_MILLION = 1_000_000

_SENIORITY = {
    **dict.fromkeys(("owner", "founder", "c_suite", "partner", "vp"), "executive"),
    **dict.fromkeys(("head", "director"), "director"),
    "manager": "manager",
}
_ROLE = {
    "executive": "leadership",
    "support": "customer_service",
}
_HEADCOUNTS = (
    (10, "1-10"),
    (50, "11-50"),
    (250, "51-250"),
    (1_000, "251-1K"),
    (5_000, "1K-5K"),
    (10_000, "5K-10K"),
    (50_000, "10K-50K"),
    (100_000, "50K-100K"),
)
_REVENUES = (
    (1 * _MILLION, "$0-$1M"),
    (10 * _MILLION, "$1M-$10M"),
    (50 * _MILLION, "$10M-$50M"),
    (100 * _MILLION, "$50M-$100M"),
    (250 * _MILLION, "$100M-$250M"),
    (500 * _MILLION, "$250M-$500M"),
    (1_000 * _MILLION, "$500M-$1B"),
    (10_000 * _MILLION, "$1B-$10B"),
)


def document_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def number_of(document: str) -> int | None:
    head = document.removeprefix("e_").partition("-")[0]
    try:
        return int(head, 16) if len(head) == 8 else None
    except ValueError:
        return None


def person_document(person: Person, company: Company | None, email: str) -> Document:
    """Every member is there; what is not known is null, and a social block has a null handle."""
    return {
        "id": document_id(person.id),
        "name": name_document(person),
        "email": email or None,
        "gender": None,
        "location": ", ".join(p for p in (person.city, person.country) if p) or None,
        "timeZone": None,
        "utcOffset": None,
        "geo": {
            "city": person.city or None,
            "state": person.state or None,
            "stateCode": None,
            "country": person.country or None,
            "countryCode": company.country_code or None if company else None,
            "lat": None,
            "lng": None,
        },
        "bio": None,
        "site": None,
        "avatar": None,
        "employment": _employment(person, company),
        "facebook": {"handle": None},
        "github": {"handle": None, "id": None, "avatar": None, "company": None, "blog": None},
        "twitter": {"handle": None, "id": None, "bio": None, "followers": None},
        "linkedin": {"handle": f"in/{person.linkedin_slug}" if person.linkedin_slug else None},
        "googleplus": {"handle": None},
        "gravatar": {"handle": None, "urls": None, "avatar": None, "avatars": []},
        "fuzzy": False,
        "emailProvider": bool(email) and email == person.personal_email,
        "indexedAt": _INDEXED_AT,
        "phone": person.mobile or None,
    }


def company_document(company: Company) -> Document:
    slug = company.linkedin_slug
    handle, page = (x_handle(company), facebook_page(company)) if company.domain else (None, None)
    return {
        "id": document_id(company.id),
        "name": company.name or None,
        "legalName": company.legal_name or None,
        "domain": company.domain or None,
        "domainAliases": [],
        "site": {"phoneNumbers": [], "emailAddresses": [], "title": None},
        "category": {
            "sector": None,
            "industryGroup": None,
            "industry": company.industry or None,
            "subIndustry": company.industry or None,
            "sicCode": None,
            "naicsCode": None,
        },
        "tags": [company.industry] if company.industry else [],
        "description": company.description or None,
        "foundedYear": company.incorporated_on.year if company.incorporated_on else None,
        "location": ", ".join(p for p in (company.city, company.country) if p) or None,
        "timeZone": None,
        "utcOffset": None,
        "geo": _geo(company),
        "logo": None,
        "facebook": {"handle": page, "likes": None},
        "linkedin": {"handle": f"company/{slug}" if slug else None},
        "twitter": {"handle": handle, "id": None, "bio": None, "followers": None},
        "crunchbase": {"handle": None},
        "emailProvider": False,
        "type": "private",
        "ticker": None,
        "identifiers": {"usEIN": None},
        "phone": company.phone or None,
        "metrics": _metrics(company),
        "tech": list(company.technologies),
        "techCategories": [],
        "parent": {"domain": None},
        "ultimateParent": {"domain": None},
        "indexedAt": _INDEXED_AT,
    }


def name_document(person: Person) -> Document:
    return {
        "fullName": " ".join(n for n in (person.first_name, person.last_name) if n) or None,
        "givenName": person.first_name or None,
        "familyName": person.last_name or None,
    }


def seniority_of(person: Person) -> str | None:
    return _SENIORITY.get(person.seniority)


def role_of(person: Person) -> str | None:
    return _ROLE.get(person.department, person.department) or None


def range_of(value: int | None, ranges: Sequence[tuple[int, str]], above: str) -> str | None:
    if not value:
        return None
    return next((text for most, text in ranges if value <= most), above)


def _employment(person: Person, company: Company | None) -> Document:
    return {
        "domain": company.domain or None if company else None,
        "name": company.name or None if company else None,
        "title": person.title or None,
        "role": role_of(person),
        "subRole": None,
        "seniority": seniority_of(person),
    }


def _geo(company: Company) -> Document:
    number, _, street = company.street.partition(" ")
    numbered = number[:1].isdigit() and bool(street)
    return {
        "streetNumber": number if numbered else None,
        "streetName": (street if numbered else company.street) or None,
        "subPremise": None,
        "city": company.city or None,
        "postalCode": company.postcode or None,
        "state": company.state or None,
        "stateCode": None,
        "country": company.country or None,
        "countryCode": company.country_code or None,
        "lat": None,
        "lng": None,
    }


def _metrics(company: Company) -> Document:
    return {
        "alexaUsRank": None,
        "alexaGlobalRank": None,
        "trafficRank": None,
        "employees": company.employees or None,
        "employeesRange": range_of(company.employees, _HEADCOUNTS, "100K+"),
        "marketCap": None,
        "raised": None,
        "annualRevenue": None,
        "estimatedAnnualRevenue": range_of(company.revenue, _REVENUES, "$10B+"),
        "fiscalYearEnd": None,
    }
