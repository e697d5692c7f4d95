"""Whether loose records are told apart, in the set most like merged contacts, and at what cost."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row

from evaluation.invented_records import invented_records
from evaluation.labelled_records import Benchmark, labelled, read_table, separation_rows
from roleferry_enrich.records.resolution import resolve_records

FILE = "fake_1000.csv"
FAKE_1000 = Benchmark(
    name="fake_1000",
    f1_bar=0.86,
    rivals="Splink on all records: F1 0.862 (P 0.964, R 0.779) at its best threshold",
)
SIZE = 10_000
_ROUNDS = 3


def rows(data: Path) -> Iterator[Row]:
    records = labelled(read_table(data / FILE, "cluster"), "cluster")
    yield from separation_rows(FAKE_1000, records)
    yield doubling_row()


def doubling_row() -> Row:
    """The CPU time of twice as many records, of a population that grows with them."""
    # Other people each time, so that no cache knows them from the last.
    spent = [
        (_cpu_seconds(SIZE, seed), _cpu_seconds(2 * SIZE, _ROUNDS + seed))
        for seed in range(_ROUNDS)
    ]
    once, twice = (statistics.median(each) for each in zip(*spent, strict=True))
    return Row(
        name=f"resolve {SIZE:,} records: cost of doubling them",
        value=twice / once,
        bar=2.2,
        unit="x",
        notes=(f"CPU a record: {_per_record(once, SIZE)}, then {_per_record(twice, 2 * SIZE)}",),
    )


def _per_record(seconds: float, size: int) -> str:
    return f"{1_000 * seconds / size:.2f} ms"


def _cpu_seconds(size: int, seed: int) -> float:
    begun = time.process_time()
    assert sum(1 for _ in resolve_records((b"", it) for it in invented_records(size, seed))) == size
    return time.process_time() - begun
