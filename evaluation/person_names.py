"""Whether two texts name one person, against the best open matcher of names."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row

from evaluation.names import Subject, name_rows
from roleferry_enrich.resolve.comparisons import person_name

SUBJECT = Subject(
    name="person names",
    row="person_names",
    schemas=frozenset({"Person"}),
    compare=person_name,
    f1_bar=0.750,
    recall_bar=0.65,
    rivals=(
        "logic-v2 (nomenklatura 4.17.4): F1 0.750 at its best, recall 0.603 at precision 0.90",
    ),
)


def rows(data: Path) -> Iterator[Row]:
    return name_rows(SUBJECT, data)
