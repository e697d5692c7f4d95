"""How alike two rows are in what only people type in: towns, birthdays, numbers, addresses.

As in `comparisons`: each is a pure function that returns what it saw and why, or None.
"""

from roleferry_enrich.resolve.comparisons import Comparison
from roleferry_enrich.resolve.slips import (
    birthday_likeness,
    number_likeness,
    text_likeness,
    words_likeness,
)
from roleferry_enrich.resolve.traits import PersonTraits


def towns(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The town as typed; one column of one file means one thing, so another town counts."""
    if left.typed is None or right.typed is None or not left.city or not right.city:
        return None
    likeness = text_likeness(left.city, right.city)
    if likeness < 0.7:
        return Comparison(0.0, ("another town",))
    return Comparison(likeness, ("the same town",), ((f"city {left.city}", f"city {right.city}"),))


def birthdays(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """Dates of birth as typed: the same, a slip apart, parts of them equal, or another."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = left.typed.born, right.typed.born
    if ours is None or theirs is None:
        return None
    likeness = birthday_likeness(ours, theirs)
    worded = "the same" if likeness == 1.0 else "nearly the same" if likeness > 0.5 else "another"
    return Comparison(likeness, (f"{worded} date of birth",))


def identifiers(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """A number that stands for the person: the same, one digit apart, or another."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = left.typed.identifier, right.typed.identifier
    if not ours or not theirs:
        return None
    likeness = number_likeness(ours, theirs)
    worded = "the same" if likeness == 1.0 else "nearly the same" if likeness > 0.5 else "another"
    return Comparison(likeness, (f"{worded} identifier",))


def addresses(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The words of the street address, in any order; people move, so another says little."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = left.typed.street, right.typed.street
    if not ours or not theirs:
        return None
    likeness = words_likeness(ours, theirs)
    return Comparison(likeness, ("the same address" if likeness > 0.5 else "another address",))


def postcodes(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The postcode, one slip allowed."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = left.typed.postcode, right.typed.postcode
    if not ours or not theirs:
        return None
    likeness = text_likeness(ours, theirs)
    if likeness < 0.7:
        return Comparison(0.0, ("another postcode",))
    return Comparison(likeness, ("the same postcode",))
