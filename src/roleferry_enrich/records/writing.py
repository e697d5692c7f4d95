"""Writes the rows as they came, with whose they are beside them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from roleferry_enrich.domain.loose_records import RecordOutcome
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.records.reading import OUTCOME_COLUMNS, RowsIn

CsvLine = Callable[[Sequence[object]], str]
"""One line of CSV, defused for spreadsheets."""


def written(
    read: RowsIn,
    resolved: Iterable[tuple[bytes, RecordOutcome]],
    form: RowForm,
    csv_line: CsvLine,
) -> Iterator[bytes]:
    """The lines of the answer. CSV gets three columns; JSON also the decision's alternatives."""
    rows = iter(resolved)
    first = next(rows, None)  # from here on the columns are known
    if form is RowForm.CSV:
        yield csv_line((*read.names, *OUTCOME_COLUMNS)).encode()
    if first is None:
        return
    line = _csv_row if form is RowForm.CSV else _json_row
    yield line(read, *first, csv_line)
    for source, outcome in rows:
        yield line(read, source, outcome, csv_line)


def members(outcome: RecordOutcome) -> dict[str, object]:
    """An outcome as members of a JSON object."""
    return {
        "cluster_id": outcome.cluster_id,
        "cluster_confidence": outcome.confidence,
        "decision": outcome.decision.value,
        "why": outcome.why,
        "alternatives": [asdict(each) for each in outcome.alternatives],
    }


def _csv_row(read: RowsIn, source: bytes, outcome: RecordOutcome, csv_line: CsvLine) -> bytes:
    row = _row(read, source)
    cells = [_plain(row.get(name)) for name in read.names]
    line = csv_line((*cells, outcome.cluster_id, outcome.confidence, outcome.why))
    return line.encode()


def _json_row(read: RowsIn, source: bytes, outcome: RecordOutcome, _: CsvLine) -> bytes:
    row = {**_row(read, source), **members(outcome)}
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _row(read: RowsIn, source: bytes) -> Mapping[str, object]:
    content = json.loads(source)
    if isinstance(content, dict):
        return content
    return dict(zip(read.names, content, strict=True))


def _plain(value: object) -> object:
    """A nested value as the JSON it was; the rest as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
