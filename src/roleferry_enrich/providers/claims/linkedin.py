"""LinkedIn's organisations in our words: the members shown to whoever is no administrator."""

import re

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.providers.replies import Record


def company_of(row: Record, *, domain: str | None = None) -> CompanyClaim:
    """The organisation; `domain` is what it was found by, where it names no web site."""
    vanity, seat = row.text("vanityName"), _seat(row)
    return CompanyClaim(
        reference=row.text("id"),
        name=row.text("localizedName") or _localized(row, "name"),
        domain=row.text("localizedWebsite") or _localized(row, "website") or domain,
        founded_year=row.integer("foundedOn", "year"),
        description=row.text("localizedDescription") or _localized(row, "description"),
        employees_range=_staff(row.text("staffCountRange")),
        street=seat.text("line1"),
        city=seat.text("city"),
        state=seat.text("geographicArea"),
        country=seat.text("country"),
        zip_code=seat.text("postalCode"),
        linkedin_url=f"https://www.linkedin.com/company/{vanity}" if vanity else None,
    )


def _localized(row: Record, member: str) -> str | None:
    """In the language it prefers, else in whichever comes first."""
    preferred = row.record(member, "preferredLocale")
    locale = f"{preferred.text('language')}_{preferred.text('country')}"
    texts = row.record(member, "localized")
    return texts.text(locale) or next((t for n in texts.names() if (t := texts.text(n))), None)


def _seat(row: Record) -> Record:
    """Of several places the head office; a single one is that, whatever it is called."""
    places = row.records("locations")
    seats = [place for place in places if place.text("locationType") == "HEADQUARTERS"]
    chosen = seats or (places if len(places) == 1 else ())
    return chosen[0].record("address") if chosen else Record({})


def _staff(said: str | None) -> str | None:
    """`SIZE_51_TO_200` as `51-200`. A place's own range says nothing of the whole."""
    numbers = re.findall(r"\d+", said or "")
    if len(numbers) == 2:
        return "-".join(numbers)
    if len(numbers) == 1:
        return f"{numbers[0]}+" if (said or "").endswith("OR_MORE") else numbers[0]
    return None
