"""Compares rows of the shelf by what they say and how rare that is in their file."""

from functools import lru_cache

from roleferry_enrich.records.shelf import Shelf
from roleferry_enrich.resolve.blocking import Pair
from roleferry_enrich.resolve.comparisons import Comparison
from roleferry_enrich.resolve.evidence import same_person
from roleferry_enrich.resolve.rarity import Rarity


class Judge:
    def __init__(self, shelf: Shelf, rarity: Rarity) -> None:
        self._shelf = shelf
        self._rarity = rarity
        self.again = lru_cache(maxsize=65_536)(self.compare)
        """`compare`, for pairs that will be asked for more than once."""

    def compare(self, left: int, right: int) -> Comparison:
        """How probable it is that two rows are one person's."""
        first, second = ordered(left, right)
        return same_person(
            self._shelf[first],
            self._shelf[second],
            prior_bits=self._rarity.prior_bits,
            rarity=self._rarity,
        )

    def why(self, row: int, partner: int) -> str:
        """In words for the row's owner, who counts records from 1."""
        reasons = ", ".join(self.again(*ordered(row, partner)).why)
        return f"with record {partner + 1}: {reasons}"


def ordered(left: int, right: int) -> Pair:
    return (left, right) if left < right else (right, left)
