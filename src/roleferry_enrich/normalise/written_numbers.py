"""Numbers as company names write them: in words, in figures, in Roman figures. Tables only.

An ordinal stays one (`44th`): First Bank is not Bank One. Spellings are folded words.
"""

from collections.abc import Mapping
from types import MappingProxyType

_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ORDERED = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
# A lone I or X is a letter more often than a number.
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ENDINGS = MappingProxyType({"1": "st", "2": "nd", "3": "rd"})


def ordinal(number: int) -> str:
    """`1st`, `12th`, `44th`."""
    in_tens = 10 < number % 100 < 20
    return f"{number}{'th' if in_tens else _ENDINGS.get(str(number)[-1], 'th')}"


def _figures() -> dict[str, str]:
    found = {word: str(n) for n, word in enumerate(_COUNTED.split(), 1)}
    found |= {word: str(n) for n, word in zip(range(20, 100, 10), _TENS.split(), strict=True)}
    found |= {word: ordinal(n) for n, word in enumerate(_ORDERED.split(), 1)}
    found |= {word: ordinal(n) for n, word in zip(range(20, 100, 10), _TENTHS.split(), strict=True)}
    roman = {n: "x" * (n // 10) + _ROMAN_UNITS[n % 10] for n in range(2, 40)}
    return found | {spelt: str(n) for n, spelt in roman.items() if spelt != "x"}


FIGURES: Mapping[str, str] = MappingProxyType(_figures())
"""A number's word -> its figures."""

SIGNS = frozenset({"no", "nr", "num", "number"})
"""What stands before a number and tells nothing."""


def joined(before: str, figures: str) -> str | None:
    """`44th` of `40` and `4th`; None where the two are two numbers."""
    unit = figures.rstrip("stndrh")
    is_tens = len(before) == 2 and before.isdigit() and before[1] == "0" and before != "10"
    return before[0] + figures if is_tens and len(unit) == 1 and unit.isdigit() else None
