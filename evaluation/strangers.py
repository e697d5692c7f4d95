"""How many people of different names are taken for one person, among people drawn by chance.

A name matcher that finds every spelling by likeness alone joins strangers; this is where it shows.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.report import Row
from rapidfuzz import fuzz, utils

from roleferry_enrich.resolve.comparisons import SAME, person_name
from roleferry_enrich.sandbox.vocabulary import CULTURES

_PEOPLE = 600
_SEED = 20261121
_BAR = 0.55
"""Of 5,000 random people token_sort takes 0.18 % for somebody in the United States Congress at 85
(0.06 % at 90), WRatio 29 % at 85; the aim is 0.1 %, so 0.55 of the first."""


def rows(data: Path) -> Iterator[Row]:  # noqa: ARG001 - it draws its own people
    pairs = strangers()
    ours = _taken(pairs, lambda left, right: person_name(left, right).score >= SAME)
    plain = _taken(pairs, _token_sort)
    loose = _taken(pairs, lambda left, right: fuzz.WRatio(left, right) >= 85)
    yield Row(
        name="strangers taken as one",
        value=ours / plain,
        bar=_BAR,
        unit="x",
        notes=(
            f"{ours} of {len(pairs):,} pairs of different names; WRatio at 85 takes {loose}",
            f"against token_sort at 85, which takes {plain}",
        ),
    )


def strangers() -> list[tuple[str, str]]:
    """Every pair of two crowds, but those of one name."""
    chance = random.Random(_SEED)  # noqa: S311 - the same people each time
    crowd, others = ([_somebody(chance) for _ in range(_PEOPLE)] for _ in range(2))
    return [(one, other) for one, other in itertools.product(crowd, others) if one != other]


def _somebody(chance: random.Random) -> str:
    culture = CULTURES[chance.choice(sorted(CULTURES))]
    given = chance.choice((*culture.women, *culture.men))
    return f"{given} {chance.choice(culture.surnames)}"


def _token_sort(left: str, right: str) -> bool:
    return fuzz.token_sort_ratio(left, right, processor=utils.default_process) >= 85


def _taken(pairs: list[tuple[str, str]], same: Callable[[str, str], bool]) -> int:
    return sum(same(left, right) for left, right in pairs)
