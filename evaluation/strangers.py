"""How many random people are taken for somebody on a list of strangers, and merged, by name alone.

A name matcher that finds every spelling by likeness alone joins strangers; this is where it shows.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row
from rapidfuzz import fuzz, utils

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.records.resolution import resolve_records
from roleferry_enrich.resolve.comparisons import SAME, person_name
from roleferry_enrich.sandbox.vocabulary import CULTURES

_PEOPLE = 1_000
_LISTED = 1_254
"""As many as there are names in the list of the United States Congress, the usual measure."""
_SEED = 20261121
_BAR = 0.55
"""Of 5,000 random people of the United States token_sort takes 0.18 % for a member of Congress at
85, WRatio 29 %; the aim is 0.1 %, so 0.55 of the first. Here all share the few names of our sandbox
(far more to mistake), so that the shares themselves say nothing."""


@dataclass(frozen=True, slots=True)
class Strangers:
    people: list[str]
    listed: list[str]
    """None of whom has the name of one of the people."""

    def merged(self) -> float:
        """The share of the people, in per cent, of whom and of a listed one we make one person."""
        records = [LooseRecord(full_name=name) for name in (*self.people, *self.listed)]
        made = [found.cluster_id for _, found in resolve_records((b"", it) for it in records)]
        people, listed = made[: len(self.people)], set(made[len(self.people) :])
        return 100 * sum(cluster in listed for cluster in people) / len(people)

    def taken(self, same: Callable[[str, str], bool]) -> float:
        """The share of the people, in per cent, who are taken for one of the listed."""
        hit = sum(any(same(person, other) for other in self.listed) for person in self.people)
        return 100 * hit / len(self.people)


def rows(data: Path) -> Iterator[Row]:  # noqa: ARG001 - it draws its own people
    drawn = strangers()
    ours = drawn.taken(lambda left, right: person_name(left, right).score >= SAME)
    plain = drawn.taken(_token_sort)
    loose = drawn.taken(lambda left, right: fuzz.WRatio(left, right) >= 85)
    yield Row(
        name="random people taken for a stranger",
        value=ours / plain,
        bar=_BAR,
        unit="x",
        notes=(
            f"{ours:.2f} % of {len(drawn.people):,} people, against {len(drawn.listed):,} listed",
            f"token_sort at 85, held against, takes {plain:.2f} %, WRatio at 85 {loose:.2f} %",
        ),
    )
    yield Row(
        name="random people merged with a stranger",
        value=drawn.merged(),
        bar=0.1,
        unit="%",
        notes=("records of a name alone, in one file with the list",),
    )


def strangers() -> Strangers:
    """Two crowds; the list without the names of the people."""
    chance = random.Random(_SEED)  # noqa: S311 - the same people each time
    people = [_somebody(chance) for _ in range(_PEOPLE)]
    known = set(people)
    others = (_somebody(chance) for _ in range(4 * _LISTED))
    listed = [name for name in dict.fromkeys(others) if name not in known]
    return Strangers(people, listed[:_LISTED])


def _somebody(chance: random.Random) -> str:
    culture = CULTURES[chance.choice(sorted(CULTURES))]
    given = chance.choice((*culture.women, *culture.men))
    return f"{given} {chance.choice(culture.surnames)}"


def _token_sort(left: str, right: str) -> bool:
    return fuzz.token_sort_ratio(left, right, processor=utils.default_process) >= 85
