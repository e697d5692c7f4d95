"""The records of Clay's public API, filled with people and companies of the invented world."""

from roleferry_enrich.sandbox.population import Company, Person

_SIZES = (1, 10, 50, 200, 500, 1_000, 5_000, 10_000)
_LEVELS = {
    "owner": "owner",
    "founder": "founder",
    "c_suite": "c-suite",
    "partner": "partner",
    "vp": "vp",
    "head": "head",
    "director": "director",
    "manager": "manager",
    "senior": "senior",
    "entry": "entry",
}
LEVELS = (*_LEVELS.values(), "board-member", "mid-level", "intern", "unknown")


def person_row(person: Person, company: Company) -> dict[str, object]:
    """No address and no profile: the documented row has neither."""
    return {
        "clay_profile_id": 7_000_000 + person.id,
        "name": person.full_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "location": {
            "name": ", ".join(filter(None, (person.city, person.state, person.country))) or None,
            "city": person.city or None,
            "state_or_province": person.state or None,
        },
        "matched_experiences": [
            {
                "company": company.name,
                "title": person.title or None,
                "location": company.city or None,
                "start_date": None,
                "end_date": None,
            }
        ],
    }


def company_row(company: Company) -> dict[str, object]:
    return {
        "clay_company_id": 9_000_000 + company.id,
        "name": company.name,
        "size": _size(company.employees),
        "type": "Privately Held",
        "domain": company.domain or None,
        "country": company.country or None,
        "industry": company.industry or None,
        "location": ", ".join(filter(None, (company.city, company.country))) or None,
        "description": company.description or None,
        "linkedin_url": (
            f"https://www.linkedin.com/company/{company.linkedin_slug}"
            if company.linkedin_slug
            else None
        ),
        "annual_revenue": _revenue(company.revenue),
        "total_funding_amount_range_usd": None,
    }


def level_of(person: Person) -> str:
    return _LEVELS.get(person.seniority, "unknown")


def _size(employees: int) -> str | None:
    if not employees:
        return None
    upper = next((size for size in _SIZES if employees <= size), None)
    if upper is None:
        return "10,001+ employees"
    lower = _SIZES[_SIZES.index(upper) - 1] + 1 if upper > 1 else 1
    return f"{lower:,}-{upper:,} employees"


def _revenue(dollars: int) -> str | None:
    """As Clay writes its ranges: `10M-25M`."""
    bounds = (0, 1, 5, 10, 25, 75, 200, 500, 1_000)
    if not dollars:
        return None
    millions = dollars / 1_000_000
    upper = next((bound for bound in bounds[1:] if millions <= bound), None)
    return "1B+" if upper is None else f"{bounds[bounds.index(upper) - 1]}M-{upper}M"
