"""Does a confidence mean what it says? Of values given at 0.9, nine in ten should be so.

Counted over every field of every answer in worlds on which nothing was fitted, with the expected
calibration error: the mean distance between what was promised and what was so, by tenths.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluation.answers import Judged, cases
from evaluation.rehearsal import World, world

SEEDS = (101, 102, 103)
COMPANIES = 100
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Promise:
    """A confidence that was shown, and whether the value was so."""

    of: str
    """The field, `person` for a whole record."""
    confidence: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Tenth:
    """The promises of one tenth of the scale."""

    promised: float
    kept: float
    count: int


def promises(seeds: Iterable[int] = SEEDS, companies: int = COMPANIES) -> list[Promise]:
    return [p for seed in seeds for p in asyncio.run(_of_world(world(seed, companies)))]


def calibration(given: Iterable[Promise]) -> list[Tenth]:
    """By tenths of the scale, the surest last; tenths without a promise are left out."""
    tenths: dict[int, list[Promise]] = defaultdict(list)
    for promise in given:
        tenths[min(int(promise.confidence * _TENTHS), _TENTHS - 1)].append(promise)
    return [_tenth(tenths[number]) for number in sorted(tenths)]


def expected_error(table: Iterable[Tenth]) -> float:
    rows = list(table)
    total = sum(row.count for row in rows)
    return sum(abs(row.promised - row.kept) * row.count for row in rows) / total


async def _of_world(world: World) -> list[Promise]:
    return [p async for case in cases(world) for p in _of_records(case.judged)]


def _of_records(judged: Iterable[Judged]) -> Iterator[Promise]:
    for record in judged:
        for name, kept in record.facts.items():
            yield Promise(name, record.fields[name].confidence.value, kept)
        if record.person is not None:
            yield Promise("person", record.person.confidence.value, record.is_right)


def _tenth(given: list[Promise]) -> Tenth:
    return Tenth(
        promised=sum(p.confidence for p in given) / len(given),
        kept=sum(p.kept for p in given) / len(given),
        count=len(given),
    )


def by_field(given: Iterable[Promise]) -> dict[str, list[Promise]]:
    fields: dict[str, list[Promise]] = defaultdict(list)
    for promise in given:
        fields[promise.of].append(promise)
    return dict(sorted(fields.items()))


if __name__ == "__main__":
    counted = promises()
    for row in calibration(counted):
        print(f"{row.promised:.3f} promised  {row.kept:.3f} so  n {row.count}")
    print(f"expected calibration error {expected_error(calibration(counted)):.4f}")
    for name, some in by_field(counted).items():
        print(f"  {name:16} {expected_error(calibration(some)):.4f}  n {len(some)}")
