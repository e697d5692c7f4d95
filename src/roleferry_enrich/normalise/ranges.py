"""Head counts and revenues given as ranges: `51-200`, `1,001 to 5,000`, `10001+`, `$10M-$25M`."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from roleferry_enrich.normalise.text import clean

# LinkedIn's sizes, which most providers repeat, by the first head count of each.
_SIZES = (1, 2, 11, 51, 201, 501, 1_001, 5_001, 10_001)
_REVENUES = (
    0, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
    500_000_000, 1_000_000_000, 10_000_000_000,
)  # fmt: skip
_SCALE = {"": 1, "k": 10**3, "t": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9}
_SCALE |= {"bn": 10**9, "thousand": 10**3, "million": 10**6, "billion": 10**9, "mio": 10**6}
_NUMBER = re.compile(
    r"(\d{1,15}(?:\.\d{1,6})?)\s?(thousand|million|billion|mio|mm|mn|bn|[ktmb])?(?![a-z\d])"
)
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Range:
    low: int
    high: int | None
    """None where it is open above."""

    @property
    def middle(self) -> int:
        """A count that stands for the range; an open one is taken at its start."""
        return self.low if self.high is None else (self.low + self.high) // 2

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low}+"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


def parse_range(text: str) -> Range | None:
    """The range in `text`, a single number as a range of one; None where there is no number."""
    written = clean(text, 120).lower().replace(",", "").replace("_", "-")
    found = [_number(*match.groups()) for match in _NUMBER.finditer(written)]
    units = [match.group(2) for match in _NUMBER.finditer(written)]
    if not found or max(found) > _LARGEST:
        return _in_words(written)
    low, high = found[0], found[1] if len(found) > 1 else None
    if high is not None and low > 0 and units[0] is None and low * 1_000 <= high and units[1]:
        low = _number(str(low), units[1])  # "1-10M" counts both in millions
    if high is not None:
        return Range(min(low, high), max(low, high))
    if "+" in written or any(word in written for word in ("over", "more", ">", "above")):
        return Range(low, None)
    is_upper = any(word in written for word in ("under", "less", "<", "below", "up to"))
    return Range(0, low) if is_upper else Range(low, low)


def company_size(employees: int) -> str:
    """The usual size class of a head count (`51-200`)."""
    return _bucket(max(employees, 1), _SIZES, str)


def revenue_class(revenue: int) -> str:
    """The class of a yearly revenue in US dollars (`$10M-$25M`)."""
    index = bisect_right(_REVENUES, max(revenue, 0)) - 1
    low = _short(_REVENUES[index])
    return f"{low}+" if index == len(_REVENUES) - 1 else f"{low}-{_short(_REVENUES[index + 1])}"


def _bucket(count: int, starts: tuple[int, ...], write: type[str]) -> str:
    index = bisect_right(starts, count) - 1
    if index == len(starts) - 1:
        return f"{write(starts[index])}+"
    end = starts[index + 1] - 1
    return write(end) if end == starts[index] else f"{write(starts[index])}-{write(end)}"


def _short(amount: int) -> str:
    for scale, letter in ((10**9, "B"), (10**6, "M")):
        if amount >= scale:
            return f"${amount // scale}{letter}"
    return f"${amount}"


def _number(digits: str, unit: str | None) -> int:
    return int(float(digits) * _SCALE[unit or ""])


def _in_words(written: str) -> Range | None:
    alone = ("self-employed", "self employed", "myself only", "just me")
    return Range(1, 1) if written in alone else None
