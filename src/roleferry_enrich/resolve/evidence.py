"""What the comparisons are worth, and their sum: how probable it is that two are one person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from roleferry_enrich.resolve.comparisons import (
    NAME_ONLY,
    Comparison,
    birth,
    company,
    company_numbers,
    mailboxes,
    names,
    phones,
    place,
    profiles,
    references,
    spelt_mailbox,
)
from roleferry_enrich.resolve.rarity import Rarity
from roleferry_enrich.resolve.slips import text_likeness
from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed import Typed
from roleferry_enrich.resolve.typed_comparisons import (
    addresses,
    birthdays,
    identifiers,
    postcodes,
    towns,
)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A comparison and what it is worth, in bits: how much likelier one person is than two."""

    compare: Callable[[PersonTraits, PersonTraits], Comparison | None]
    agreeing: float
    """Added at a score of 1, in proportion above 0.5."""
    differing: float
    """Taken at a score of 0, in proportion below 0.5."""

    @property
    def name(self) -> str:
        return self.compare.__name__

    def bits(self, comparison: Comparison, rarity: Rarity | None) -> float:
        share = 2 * comparison.score - 1
        if share <= 0:
            return share * self.differing
        if rarity is None or not comparison.matched:
            return share * self.agreeing
        return share * sum(map(rarity.bits, comparison.matched))


PERSON_COMPARISONS = (
    Weighted(names, agreeing=6, differing=16),
    Weighted(mailboxes, agreeing=13, differing=7),
    Weighted(spelt_mailbox, agreeing=5, differing=9),
    Weighted(phones, agreeing=8, differing=0),
    Weighted(profiles, agreeing=14, differing=5),
    Weighted(birth, agreeing=6, differing=20),
    Weighted(company, agreeing=5, differing=2),
    Weighted(company_numbers, agreeing=0, differing=4),
    Weighted(references, agreeing=12, differing=1),
    Weighted(place, agreeing=1, differing=0.5),
    Weighted(towns, agreeing=4, differing=2),
    Weighted(birthdays, agreeing=13, differing=10),
    Weighted(identifiers, agreeing=20, differing=5),
    Weighted(addresses, agreeing=11, differing=3),
    Weighted(postcodes, agreeing=5, differing=2),
)

PRIOR_BITS = -5.0
"""Two people of one answer are one about once in thirty times."""

IDENTIFYING = frozenset(
    {
        *("mailboxes", "spelt_mailbox", "phones", "profiles", "birth", "references"),
        *("birthdays", "identifiers", "addresses", "postcodes"),
    }
)
"""What can lift a pair above what a name (with a town) proves; a company can too, partly."""

_ANOTHER_NAME = 0.25
_ALIKE = 0.75

PERSONAL = frozenset({"mailboxes", "profiles", "identifiers", "references"})
"""What relatives who live together do not share."""


def same_person(
    left: PersonTraits,
    right: PersonTraits,
    *,
    prior_bits: float = PRIOR_BITS,
    rarity: Rarity | None = None,
) -> Comparison:
    """How probable it is that two descriptions are of one person: all comparisons together.

    Each adds or takes the bits of `PERSON_COMPARISONS` in proportion to its score; what cannot be
    compared adds nothing. Without anything but name and town the result stays at 0.6 or below.
    With `rarity`, a name or town proves as much as it is rare, and no two of so many are likely
    one person from the start.
    """
    seen = [(w, found) for w in PERSON_COMPARISONS if (found := w.compare(left, right)) is not None]
    total = prior_bits + sum(weighted.bits(found, rarity) for weighted, found in seen)
    probability = 1.0 / (1.0 + 2.0**-total)
    supported = {w.name for w, found in seen if found.score > 0.5}
    if not supported & (IDENTIFYING | {"company"}) and prior_bits <= PRIOR_BITS:
        probability = min(probability, NAME_ONLY)
    if (
        left.typed
        and right.typed
        and not supported & PERSONAL
        and _relatives(seen, left.typed, right.typed)
    ):
        probability = min(probability, NAME_ONLY)
    return Comparison(probability, tuple(reason for _, found in seen for reason in found.why))


def _relatives(seen: Iterable[tuple[Weighted, Comparison]], left: Typed, right: Typed) -> bool:
    """Another birthday, or the surname with quite another given name: father and son, twins.

    Another surname is not counted: people marry.
    """
    scores = {weighted.name: found.score for weighted, found in seen}
    if scores.get("birthdays") == 0:
        return True
    one_family = bool(left.family) and text_likeness(left.family, right.family) >= _ALIKE
    return one_family and scores.get("names", 1.0) < _ANOTHER_NAME
