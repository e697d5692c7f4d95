"""Telephone numbers in E.164, by the plan of the country they are dialled in."""

from functools import lru_cache

from roleferry_enrich.domain.identifiers import PhoneNumber
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.text import clean

_LIMIT = 100


def parse_phone(text: str, country: str | None) -> PhoneNumber | None:
    """The number in E.164; `country` (code or name) reads one written without its own code.

    A number counts when its length fits its country's plan. Whether its range is in use is not
    asked: plans change faster than any list, and numbers kept for fiction would not pass.
    """
    written = clean(text, _LIMIT * 2)
    if len(written) > _LIMIT:
        return None
    return _parsed(written, parse_country(country) if country else None)


@lru_cache(maxsize=16_384)
def _parsed(written: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers  # at first use: see `first_use.py`

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
