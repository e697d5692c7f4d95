"""Hunter's rows about the addresses of invented people, and its words for what they do."""

from collections.abc import Mapping
from typing import Any

from roleferry_enrich.sandbox.documents import clearbit
from roleferry_enrich.sandbox.population import Company, Person

Document = dict[str, Any]  # JSON on its way out, never read back
DEPARTMENTS = (
    "executive",
    "it",
    "finance",
    "management",
    "sales",
    "legal",
    "support",
    "hr",
    "marketing",
    "communication",
    "education",
    "design",
    "health",
    "operations",
)
SENIORITIES = ("junior", "senior", "executive")
_DEPARTMENT = {
    "engineering": "it",
    "information_technology": "it",
    "human_resources": "hr",
}
_SENIORITY = {
    **dict.fromkeys(("owner", "founder", "c_suite", "partner", "vp", "head"), "executive"),
    **dict.fromkeys(("director", "manager", "senior"), "senior"),
    "entry": "junior",
}
_HEADCOUNTS = (
    (10, "1-10"),
    (50, "11-50"),
    (200, "51-200"),
    (500, "201-500"),
    (1_000, "501-1000"),
    (5_000, "1001-5000"),
    (10_000, "5001-10000"),
)
_RESULT = {"valid": "deliverable", "invalid": "undeliverable", "disposable": "undeliverable"}
_SCORE = {"valid": 97, "invalid": 0, "accept_all": 62}
_SEEN = {"extracted_on": "2025-11-03", "last_seen_on": "2026-05-18", "still_on_page": True}
_CHECKED_ON = "2026-05-11"


def email_row(person: Person, company: Company, mailbox: str) -> Document:
    return {
        "value": person.email,
        "type": "personal",
        "confidence": _SCORE.get(mailbox, 80),
        "sources": [_source(company, "team")],
        "first_name": person.first_name or None,
        "last_name": person.last_name or None,
        "position": person.title or None,
        "position_raw": person.title or None,
        "seniority": seniority_of(person),
        "department": department_of(person),
        "linkedin": _linkedin_url(person),
        "twitter": None,
        "phone_number": person.mobile or None,
        "verification": _verification(person, mailbox),
    }


def generic_row(company: Company) -> Document:
    return {
        "value": f"info@{company.domain}",
        "type": "generic",
        "confidence": 88,
        "sources": [_source(company, "contact")],
        **dict.fromkeys(("first_name", "last_name", "position", "position_raw", "seniority")),
        **dict.fromkeys(("department", "linkedin", "twitter", "phone_number")),
        "verification": {"date": None, "status": None},
    }


def finder_document(person: Person, company: Company, mailbox: str) -> Document:
    return {
        "first_name": person.first_name or None,
        "last_name": person.last_name or None,
        "email": person.email,
        "score": _SCORE.get(mailbox, 80),
        "domain": company.domain,
        "accept_all": mailbox == "accept_all",
        "position": person.title or None,
        "twitter": None,
        "linkedin_url": _linkedin_url(person),
        "phone_number": person.mobile or None,
        "company": company.name,
        "sources": [_source(company, "team")],
        "verification": _verification(person, mailbox),
    }


def nobody_found(asked: Mapping[str, str | None], company: Company | None) -> Document:
    """The finder's 200 without an address: what was asked is repeated, the rest is null."""
    return {
        "first_name": asked["first_name"],
        "last_name": asked["last_name"],
        "email": None,
        "score": None,
        "domain": company.domain if company else asked["domain"],
        **dict.fromkeys(("accept_all", "position", "twitter", "linkedin_url", "phone_number")),
        "company": company.name if company else None,
        "sources": [],
        "verification": {"date": None, "status": None},
    }


def verifier_document(email: str, mailbox: str) -> Document:
    works = mailbox == "valid"
    return {
        "status": mailbox,
        "result": _RESULT.get(mailbox, "risky"),
        "_deprecation_notice": "Using result is deprecated, use status instead",
        "score": _SCORE.get(mailbox, 50),
        "email": email,
        "regexp": True,
        "gibberish": False,
        "disposable": False,
        "webmail": False,
        "mx_records": True,
        "smtp_server": True,
        "smtp_check": works,
        "accept_all": mailbox == "accept_all",
        "block": mailbox == "unknown",
        "sources": [],
    }


def person_document(person: Person, company: Company | None) -> Document:
    """Clearbit's document, with handles that do not say their kind."""
    return {
        **clearbit.person_document(person, company, person.email),
        "linkedin": {"handle": person.linkedin_slug or None},
        "emailProvider": None,
        "indexedAt": "2026-05-20",
        "activeAt": "2026-05-24",
        "inactiveAt": None,
    }


def company_document(company: Company) -> Document:
    """Clearbit's document, with ranges where Clearbit has numbers."""
    size = clearbit.range_of(company.employees, _HEADCOUNTS, "10001+")
    return {
        **clearbit.company_document(company),
        "company_type": "privately held",
        "metrics": {"employees": size, "trafficRank": None},
        "indexedAt": "2026-05-20",
        "fundingRounds": [],
    }


def seniority_of(person: Person) -> str | None:
    return _SENIORITY.get(person.seniority)


def department_of(person: Person) -> str | None:
    department = _DEPARTMENT.get(person.department, person.department)
    return department if department in DEPARTMENTS else None


def _source(company: Company, page: str) -> Document:
    return {"domain": company.domain, "uri": f"https://{company.domain}/{page}", **_SEEN}


def _verification(person: Person, mailbox: str) -> Document:
    """Two in three addresses of a search were not checked lately, and have neither part."""
    if mailbox == "invalid" or person.id % 3:
        return {"date": None, "status": None}
    return {"date": _CHECKED_ON, "status": mailbox}


def _linkedin_url(person: Person) -> str | None:
    slug = person.linkedin_slug
    return f"https://www.linkedin.com/in/{slug}" if slug else None
