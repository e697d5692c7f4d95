"""Does a confidence mean what it says? Of values given at 0.9, nine in ten should be so.

Counted over every field of every answer in worlds on which nothing was fitted, with the expected
calibration error: the mean distance between what was promised and what was so, by tenths.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row

from evaluation.answers import Judged, cases
from evaluation.rehearsal import World, world

SEEDS = (101, 102, 103)
COMPANIES = 100
_TENTHS = 10
_ERROR_BAR, _WORST_BAR = 0.02, 0.05
_ENOUGH = 200
"""A field seen less often tells more of chance than of calibration."""


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

    def __str__(self) -> str:
        return f"promised {self.promised:.3f}  so {self.kept:.3f}  of {self.count}"


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


def rows(_: Path) -> Iterator[Row]:
    """Needs no labelled data: the invented worlds are their own answer sheet."""
    given = promises()
    table = calibration(given)
    yield _row(
        "confidence: expected calibration error",
        expected_error(table),
        _ERROR_BAR,
        *map(str, table),
        f"{len(SEEDS)} worlds of {COMPANIES} companies, none of which was fitted on",
    )
    fields = {name: some for name, some in by_field(given).items() if len(some) >= _ENOUGH}
    errors = {name: expected_error(calibration(some)) for name, some in fields.items()}
    worst = max(errors, key=lambda name: errors[name])
    each = ", ".join(f"{name} {error:.3f}" for name, error in errors.items())
    yield _row("confidence: error of the worst field", errors[worst], _WORST_BAR, worst, each)


def _row(name: str, value: float, bar: float, *notes: str) -> Row:
    return Row(name=name, value=value, bar=bar, unit="", digits=3, notes=notes)
