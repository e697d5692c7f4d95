"""What agreement on a value proves: much for a rare surname or town, little for a common one.

Counted in the file at hand, because no list knows whose customers these are. In a small file the
counts say little, so each stands beside a notional population of strangers.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from roleferry_enrich.resolve.traits import PersonTraits

Matched = tuple[str, str]
"""Two values taken to be the same, each with what it is in front (`name kelly`)."""

_STRANGERS = 1_000
# One in so many strangers has any given one; the most common surnames are near 1 in 100.
_ONE_IN = {"name": 200, "city": 25}
_MOST_BITS = 13.0
_MOST_VALUES = 500_000


class Rarity:
    """How many bits an agreement is worth in a file of so many records."""

    def __init__(self, records: int = 0, counts: Mapping[str, int] | None = None) -> None:
        self._people = records + _STRANGERS
        self._counts = counts or {}
        self._bits: dict[Matched, float] = {}

    @property
    def prior_bits(self) -> float:
        """Of two records taken at random: one other of the whole file is the same person."""
        return -math.log2(self._people)

    def bits(self, matched: Matched) -> float:
        """By the commoner of the two, because a slip makes a rare value of a common one."""
        known = self._bits.get(matched)
        if known is None:
            known = min(map(self._bits_of, matched))
            if len(self._bits) < _MOST_VALUES:
                self._bits[matched] = known
        return known

    def _bits_of(self, value: str) -> float:
        expected = _STRANGERS / _ONE_IN[value.partition(" ")[0]]
        having = self._counts.get(value, 0) + expected
        return min(_MOST_BITS, math.log2(self._people / having))


class Census:
    """Counts the values of a file while it is read, in bounded memory."""

    def __init__(self) -> None:
        self._records = 0
        self._counts: Counter[str] = Counter()

    def add(self, traits: PersonTraits) -> None:
        self._records += 1
        self._counts.update(set(_values(traits)))
        if len(self._counts) > _MOST_VALUES:
            # What occurred once so far is rare enough to be forgotten.
            self._counts = Counter({value: n for value, n in self._counts.items() if n > 1})

    def rarity(self) -> Rarity:
        return Rarity(self._records, self._counts)


def rarity_of(people: Iterable[PersonTraits]) -> Rarity:
    census = Census()
    for traits in people:
        census.add(traits)
    return census.rarity()


def _values(traits: PersonTraits) -> Iterator[str]:
    if traits.typed is not None:
        yield from (f"name {name}" for name in (traits.typed.given, traits.typed.family) if name)
    if traits.city:
        yield f"city {traits.city}"
