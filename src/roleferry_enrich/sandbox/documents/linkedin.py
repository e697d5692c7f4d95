"""LinkedIn's organisations as an app sees them that administers none of them."""

from typing import Any

from roleferry_enrich.sandbox.population import Company

Document = dict[str, Any]  # JSON on its way out, never read back
_FIRST_NUMBER = 8_100_000


def number_of(company: Company) -> int:
    return _FIRST_NUMBER + company.id


def company_id(number: str) -> int | None:
    return int(number) - _FIRST_NUMBER if number.isascii() and number.isdigit() else None


def organization(company: Company) -> Document:
    document: Document = {
        "id": number_of(company),
        "name": {
            "localized": {"en_US": company.name},
            "preferredLocale": {"country": "US", "language": "en"},
        },
        "localizedName": company.name,
        "vanityName": company.linkedin_slug,
        "primaryOrganizationType": "NONE",
        "locations": [_seat(company)] if company.city else [],
    }
    if company.domain:
        document["localizedWebsite"] = f"https://www.{company.domain}"
    return document


def _seat(company: Company) -> Document:
    return {
        "locationType": "HEADQUARTERS",
        "staffCountRange": "SIZE_1",
        "address": {
            "line1": company.street,
            "city": company.city,
            "geographicArea": company.state,
            "country": company.country_code,
            "postalCode": company.postcode,
        },
    }
