"""Facebook's pages of invented companies."""

from typing import Any

from roleferry_enrich.sandbox.networks import facebook_page, shows_its_site
from roleferry_enrich.sandbox.population import Company

Document = dict[str, Any]  # JSON on its way out, never read back
_FIRST_PAGE = 100_200_000_000


def company_id(page_id: str) -> int | None:
    return int(page_id) - _FIRST_PAGE if page_id.isascii() and page_id.isdigit() else None


def page(company: Company) -> Document:
    number = str(_FIRST_PAGE + company.id)
    document = {
        "id": number,
        "name": company.name,
        "username": facebook_page(company),
        "about": company.description,
        "category": company.industry,
        "phone": company.phone,
        "website": f"http://www.{company.domain}/" if shows_its_site(company) else "",
        "emails": [f"hello@{company.domain}"],
        "location": _place(company),
        "founded": f"Founded in {company.incorporated_on.year}",
        "link": f"https://www.facebook.com/{number}",
        "fan_count": company.employees * 11,
        "followers_count": company.employees * 12,
        "is_verified": company.id % 3 == 0,
        "verification_status": "blue_verified" if company.id % 3 == 0 else "not_verified",
        "is_unclaimed": False,
    }
    # What is empty is not there at all.
    return {name: value for name, value in document.items() if value not in ("", {})}


def shown(document: Document, fields: str) -> Document:
    """The fields asked for, a few where none are, and always the number."""
    wanted = {field.partition("{")[0] for field in (fields or "name").split(",")} | {"id"}
    return {name: value for name, value in document.items() if name in wanted}


def _place(company: Company) -> Document:
    place = {
        "street": company.street,
        "city": company.city,
        "state": company.state,
        "country": company.country,
        "zip": company.postcode,
    }
    return {name: value for name, value in place.items() if value}
