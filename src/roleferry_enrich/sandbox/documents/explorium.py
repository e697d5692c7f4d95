"""The records of Explorium's API, filled with people and companies of the invented world.

Ids are 32 hexadecimal digits for a business and 40 for a prospect, made from the population's, so
that an enrichment needs no memory of the match before it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roleferry_enrich.sandbox.population import Company, Person, View

_BUSINESS, _PROSPECT = 32, 40
_PREFIX = "5eed"
# Upper bounds of the documented ranges.
_EMPLOYEES = ((10, "1-10"), (50, "11-50"), (200, "51-200"), (500, "201-500"),
              (1_000, "501-1000"), (5_000, "1001-5000"), (10_000, "5001-10000"))  # fmt: skip
_MILLION = 10**6
_REVENUE = ((0.5, "0-500K"), (1, "500K-1M"), (5, "1M-5M"), (10, "5M-10M"), (25, "10M-25M"),
            (75, "25M-75M"), (200, "75M-200M"), (500, "200M-500M"), (1_000, "500M-1B"),
            (10_000, "1B-10B"), (100_000, "10B-100B"))  # fmt: skip
_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "owner": "owner",
        "founder": "founder",
        "c_suite": "c-suite",
        "partner": "partner",
        "vp": "vice president",
        "head": "director",
        "director": "director",
        "manager": "manager",
        "senior": "senior non-managerial",
        "entry": "junior",
    }
)
_OLD_LEVELS: Mapping[str, str] = MappingProxyType(
    {"cxo": "c-suite", "vp": "vice president", "senior": "senior non-managerial", "entry": "junior"}
)
_OTHER_LEVELS = ("president", "senior manager", "non-managerial", "training", "unpaid")
_EMAIL_STATUS = {"valid": "valid", "accept_all": "catch-all", "invalid": "invalid"}


def business_id(company: Company) -> str:
    return _id(company.id, _BUSINESS)


def prospect_id(person: Person) -> str:
    return _id(person.id, _PROSPECT)


def number_of(identity: str) -> int:
    """The population's id; -1, which nobody has, for an id that was not made here."""
    is_ours = identity.startswith(_PREFIX)
    return int(identity.removeprefix(_PREFIX), 16) if is_ours else -1


def level_of(person: Person) -> str:
    return _LEVELS.get(person.seniority, "non-managerial")


def level_named(text: str) -> str | None:
    """A level as filters name it, in the newer of the two vocabularies; None if in neither."""
    level = _OLD_LEVELS.get(text.lower(), text.lower())
    return level if level in {*_LEVELS.values(), *_OTHER_LEVELS} else None


def firmographics(company: Company) -> dict[str, object]:
    return {
        "business_id": business_id(company),
        "name": company.name.lower(),
        "business_description": company.description or None,
        "website": f"https://{company.domain}" if company.domain else None,
        "country_name": company.country.lower(),
        "region_name": company.state.lower(),
        "city_name": company.city.lower(),
        "street": company.street.lower(),
        "zip_code": company.postcode,
        "sic_code": company.sic_code[:4],
        "sic_code_description": company.industry,
        "number_of_employees_range": _range(company.employees, _EMPLOYEES, "10001+"),
        "yearly_revenue_range": _range(company.revenue / _MILLION, _REVENUE, "100B-1T"),
        "linkedin_industry_category": company.industry.lower(),
        "linkedin_profile": _company_page(company),
        "locations_distribution": [],
    }


def technographics(company: Company) -> dict[str, object] | None:
    """None for a company of whose technologies nothing is known."""
    stack = list(company.technologies)
    return {"full_tech_stack": stack, "full_nested_tech_stack": []} if stack else None


def workforce_trends(company: Company) -> dict[str, object] | None:
    if not company.workforce:
        return None
    changes = company.workforce_change.items()
    return {
        **{f"perc_{part}_roles": share for part, share in company.workforce.items()},
        **{f"change_in_{part}_roles": change for part, change in changes},
        "change_in_roles_divisor": 0.0,
        "profiles_found_per_quarter": float(company.employees),
        "quarters": "2026-03-31T00:00:00",  # the last to end before the invented world's today
    }


def profile(view: View, person: Person) -> dict[str, object]:
    company = view.company_by_id(person.company_id)
    readable = [f"https://linkedin.com/in/{person.linkedin_slug}"] if person.linkedin_slug else []
    return {
        "full_name": person.full_name.lower(),
        "country_name": person.country.lower() or None,
        "region_name": person.state.lower() or None,
        "city": person.city.lower() or None,
        "linkedin": f"https://linkedin.com/in/ACoAA{person.id:014x}" if readable else None,
        "linkedin_url_array": readable,
        "company_name": company.name if company else None,
        "company_website": f"https://{company.domain}" if company and company.domain else None,
        "company_linkedin": _company_page(company) if company else None,
        "job_title": person.title.capitalize() or None,
        "job_department_main": person.department.replace("_", " "),
        "job_level_main": level_of(person),
        "job_level_array": [level_of(person)],
    }


def listed(view: View, person: Person) -> dict[str, object]:
    """A row of the list: the profile with an id, names apart, and no contact points."""
    return {
        "prospect_id": prospect_id(person),
        "professional_email_hashed": None,
        "first_name": person.first_name.lower(),
        "last_name": person.last_name.lower(),
        **profile(view, person),
        "job_seniority_level": [None],
        "business_id": _id(person.company_id, _BUSINESS),
    }


def contacts(view: View, person: Person, kinds: frozenset[str]) -> dict[str, object] | None:
    """`professions_email` is the API's own spelling. None where nothing is known."""
    found: dict[str, object] = {}
    emails = [(person.email, "current_professional"), (person.personal_email, "personal")]
    known = [{"address": address, "type": kind} for address, kind in emails if address]
    if "email" in kinds and known:
        found |= {"emails": known, "professions_email": person.email or None}
        status = _EMAIL_STATUS.get(view.mailbox(person.email)) if person.email else None
        found |= {"professional_email_status": status} if status else {}
    if "phone" in kinds and person.mobile:
        number = person.mobile
        found |= {"phone_numbers": [{"phone_number": number}], "mobile_phone": number}
    return found or None


async def credits_left(request: Request) -> Response:  # noqa: ARG001  # every key has these
    """The answer of `GET /v1/credits`."""
    context = {
        "correlation_id": "5d8a1c0e2f3b4a69",
        "request_status": "success",
        "time_took_in_seconds": 0.074,
    }
    return JSONResponse(
        {"response_context": context, "allocated_credits": 1_000, "remaining_credits": 964}
    )


def _id(number: int, width: int) -> str:
    return f"{_PREFIX}{number:0{width - len(_PREFIX)}x}"


def _range(value: float, bounds: tuple[tuple[float, str], ...], above: str) -> str | None:
    if not value:
        return None
    return next((words for upper, words in bounds if value <= upper), above)


def _company_page(company: Company) -> str | None:
    slug = company.linkedin_slug
    return f"https://linkedin.com/company/{slug}" if slug else None
