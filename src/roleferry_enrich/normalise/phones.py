"""Telephone numbers in E.164, by the plan of the country they are dialled in."""

import re
from functools import lru_cache

from roleferry_enrich.domain.identifiers import PhoneNumber
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.text import clean

_LIMIT = 100
# Four digits are a whole number on Niue; fewer are an emergency call or a row of noughts.
_SHORTEST = 4
_REMARK = re.compile(r"\([^()\d]*\)")
_SEVERAL = re.compile(r"\s*[;,|]\s*|\s+(?:or|oder|ou|o|of|and|und)\s+", re.IGNORECASE)
# What most of the world dials before another country's code.
_ABROAD = re.compile(r"^\s*00(?=[1-9])")


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
    """Of several numbers in one text the first; a slash may also be part of one."""
    bare = _REMARK.sub(" ", written)
    listed = _SEVERAL.split(bare, maxsplit=1)[0]
    tried = dict.fromkeys((bare, listed, listed.partition("/")[0]))
    return next((found for text in tried if (found := _number(text, region))), None)


def _number(written: str, region: str | None) -> PhoneNumber | None:
    dialled = _ABROAD.sub("+", written) if region is None else written
    number = _e164(dialled, region)
    # Noughts that its plan does not have are dropped by whoever reads the number again.
    if number is not None and "0" in number[2:5] and _e164(number, None) != number:
        return None
    return number


def _e164(written: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers  # at first use: see `first_use.py`

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    too_short = len(str(number.national_number)) < _SHORTEST
    possible = phonenumbers.is_possible_number_with_reason(number)
    if too_short or possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
