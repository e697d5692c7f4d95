"""Whether two texts name one organisation, against the best open matcher of names."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row

from evaluation.names import Subject, name_rows
from roleferry_enrich.resolve.comparisons import organisation_name

SUBJECT = Subject(
    name="organisation names",
    row="organisation_names",
    schemas=frozenset({"Company", "Organization", "LegalEntity"}),
    compare=organisation_name,
    f1_bar=0.895,
    recall_bar=0.88,
    rivals=(
        "logic-v2 (nomenklatura 4.17.4): F1 0.895 at its best, recall 0.877 at precision 0.90",
    ),
)


def rows(data: Path) -> Iterator[Row]:
    return name_rows(SUBJECT, data)
