"""Records of which it is known whose they are, and how well they are told apart."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.records.columns import columns_of
from roleferry_enrich.records.resolution import resolve_records


@dataclass(frozen=True, slots=True)
class Labelled:
    record: LooseRecord
    person: str

    @property
    def is_for_tuning(self) -> bool:
        """Half of the people; told by the label alone, so that nobody is in both halves."""
        return hashlib.sha256(self.person.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class Separation:
    """Of the pairs of records, those rightly and wrongly joined, and those there are to join."""

    right: int
    wrong: int
    wanted: int

    @property
    def precision(self) -> float:
        joined = self.right + self.wrong
        return self.right / joined if joined else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"F1 {self.f1:.4f} (P {self.precision:.4f}, R {self.recall:.4f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A labelled set, what is to be reached on it, and what others reach."""

    name: str
    f1_bar: float
    precision_bar: float = 0.95
    rivals: str


def read_table(path: Path, person: str) -> list[dict[str, str]]:
    """The rows of a CSV, their cells stripped. Raises FileNotFoundError where it is absent."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [
            {name.strip(): cell.strip() for name, cell in row.items()}
            for row in csv.DictReader(lines)
        ]
    assert all(row[person] for row in rows)
    return rows


def labelled(rows: Sequence[Mapping[str, str]], person: str) -> tuple[Labelled, ...]:
    """The rows as the command `resolve` reads them, without the columns that hold the truth."""
    columns = columns_of(list(rows[0]))
    return tuple(Labelled(columns.record(row), row[person]) for row in rows)


def separation(records: Sequence[Labelled]) -> Separation:
    """How well the records are told apart, resolved by themselves."""
    clusters = [
        outcome.cluster_id
        for _, outcome in resolve_records(
            (json.dumps(n).encode(), it.record) for n, it in enumerate(records)
        )
    ]
    people = [it.person for it in records]
    joined, right = _pairs(clusters), _pairs(zip(clusters, people, strict=True))
    return Separation(right=right, wrong=joined - right, wanted=_pairs(people))


def separation_rows(benchmark: Benchmark, records: Sequence[Labelled]) -> Iterator[Row]:
    """F1 and precision on the half no rule was made for."""
    tuning = [it for it in records if it.is_for_tuning]
    reported = [it for it in records if not it.is_for_tuning]
    found = separation(reported)
    people = len({it.person for it in reported})
    yield Row(
        name=f"{benchmark.name}: F1 of pairs",
        value=found.f1,
        bar=benchmark.f1_bar,
        unit="",
        at="least",
        digits=4,
        notes=(
            f"{len(reported)} records of {people} people no rule was made for: {found}",
            f"half to tune on: {separation(tuning)}; all records: {separation(records)}",
            benchmark.rivals,
        ),
    )
    yield Row(
        name=f"{benchmark.name}: precision of pairs",
        value=found.precision,
        bar=benchmark.precision_bar,
        unit="",
        at="least",
        digits=4,
    )


def _pairs(labels: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())
