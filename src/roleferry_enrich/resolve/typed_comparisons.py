"""How alike two rows are in what only people type in: towns, birthdays, numbers, addresses.

As in `comparisons`: each is a pure function that returns what it saw and why, or None.
"""

from collections.abc import Callable
from typing import TypeVar

from roleferry_enrich.resolve.comparisons import Comparison
from roleferry_enrich.resolve.rarity import Matched
from roleferry_enrich.resolve.slips import (
    birthday_likeness,
    number_likeness,
    text_likeness,
    words_likeness,
)
from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed import Typed

T = TypeVar("T")

_ALIKE = 0.7


def towns(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The town as typed; one column of one file means one thing, so another town counts."""
    if left.typed is None or right.typed is None or not left.city or not right.city:
        return None
    likeness = text_likeness(left.city, right.city)
    return _same_or_another("town", likeness, ((f"city {left.city}", f"city {right.city}"),))


def birthdays(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """Dates of birth as typed: the same, a slip apart, parts of them equal, or another."""
    told = _told(left, right, lambda typed: typed.born)
    return None if told is None else _nearly("date of birth", birthday_likeness(*told))


def identifiers(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """A number that stands for the person: the same, one digit apart, or another."""
    told = _told(left, right, lambda typed: typed.identifier)
    return None if told is None else _nearly("identifier", number_likeness(*told))


def addresses(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The words of the street address, in any order; people move, so another says little."""
    told = _told(left, right, lambda typed: typed.street)
    if told is None:
        return None
    likeness = words_likeness(*told)
    return Comparison(likeness, ("the same address" if likeness > 0.5 else "another address",))


def postcodes(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The postcode, one slip allowed."""
    told = _told(left, right, lambda typed: typed.postcode)
    return None if told is None else _same_or_another("postcode", text_likeness(*told))


def _told(
    left: PersonTraits, right: PersonTraits, of: Callable[[Typed], T | None]
) -> tuple[T, T] | None:
    """What both rows say; None where one of them is silent."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = of(left.typed), of(right.typed)
    return (ours, theirs) if ours and theirs else None


def _nearly(what: str, likeness: float) -> Comparison:
    worded = "the same" if likeness == 1.0 else "nearly the same" if likeness > 0.5 else "another"
    return Comparison(likeness, (f"{worded} {what}",))


def _same_or_another(what: str, likeness: float, matched: tuple[Matched, ...] = ()) -> Comparison:
    """What has few forms is not half the same: two towns that differ much are two."""
    if likeness < _ALIKE:
        return Comparison(0.0, (f"another {what}",))
    return Comparison(likeness, (f"the same {what}",), matched)
