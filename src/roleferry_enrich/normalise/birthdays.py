"""Dates of birth as people type them: every order of the parts, some of them missing."""

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from roleferry_enrich.normalise.text import words

_LIMIT = 60
_MONTHS = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
        )
    }
)
_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME_OF_DAY = re.compile(r"[T ]\d\d?:\d\d.*$")


@dataclass(frozen=True, slots=True)
class Birthday:
    """Parts as typed, 0 where unknown; 31 February may be a slip, and its parts still tell."""

    year: int
    month: int
    day: int

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


@lru_cache(maxsize=16_384)
def parse_birthday(text: str) -> Birthday | None:
    """The date in `text` (`1985-03-07`, `19850307`, `7/3/1985`, `7 March 1985`), None if none.

    Of `3/7/1985` the day is taken to come first, unless there is no such month.
    """
    written = " ".join(words(_TIME_OF_DAY.sub("", text[:_LIMIT].strip())))
    if (found := _TOGETHER.fullmatch(written)) is not None:
        return _known(*map(int, found.groups()))
    parts = [number for word in written.split() if (number := _number(word)) is not None]
    spelt = any(word[:3] in _MONTHS for word in written.split())
    match parts:
        case [year] if _is_year(year):
            return Birthday(year, 0, 0)
        case [year, month] if _is_year(year) and not _is_year(month):
            return _known(year, month, 0)
        case [month, year] if _is_year(year):
            return _known(year, month, 0)
        case [year, month, day] if _is_year(year):
            return _known(year, month, day)
        case [first, second, year] if _is_year(year):
            month_first = spelt and written.split()[0][:3] in _MONTHS
            return _known(year, first, second) if month_first else _known(year, second, first)
        case _:
            return None


def _number(word: str) -> int | None:
    digits = word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
    if digits.isdecimal() and len(digits) <= 4:
        return int(digits)
    return _MONTHS.get(word[:3])


def _is_year(number: int) -> bool:
    return 1800 <= number <= 2200


def _known(year: int, month: int, day: int) -> Birthday | None:
    if not _is_year(year):
        return None
    if month > 12 >= day:
        month, day = day, month
    return Birthday(year, month, day) if month <= 12 and day <= 31 else None
