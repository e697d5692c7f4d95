"""Facebook's pages in our words. A field that may not be read is simply absent."""

import re

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.providers.replies import Record

_VERIFIED = frozenset({"blue_verified", "gray_verified"})


def company_of(page: Record) -> CompanyClaim:
    place = page.record("location")
    return CompanyClaim(
        reference=page.text("id"),
        name=page.text("name"),
        domain=_website(page),
        founded_year=_year(page.text("founded") or ""),
        description=page.text("about") or page.text("description"),
        street=place.text("street"),
        city=place.text("city"),
        state=place.text("state"),
        country=place.text("country"),
        zip_code=place.text("zip"),
        phone=page.text("phone"),
        email=next(iter(page.texts("emails")), None),
        facebook_url=_address(page),
    )


def is_vouched_for(page: Record) -> bool:
    """Whether it says whose it is in a way that can be checked, or Meta has checked it."""
    is_verified = page.flag("is_verified") or page.text("verification_status") in _VERIFIED
    return is_verified or _website(page) is not None


def _website(page: Record) -> str | None:
    """The first of what may be several, with signs and spaces between them."""
    written = re.split(r"[\s,;|]+", page.text("website") or "")
    return next((site for site in written if "." in site), None)


def _address(page: Record) -> str | None:
    """By its name, as everybody else writes it, and not by its number."""
    name = page.text("username")
    return f"https://www.facebook.com/{name}" if name else page.text("link")


def _year(text: str) -> int | None:
    years = re.findall(r"\b(1[5-9]\d\d|20\d\d)\b", text)
    return int(years[0]) if len(years) == 1 else None
