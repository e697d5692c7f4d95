"""Reads somebody's file of records, CSV or a JSON object a line, row by row.

What cannot be read is refused with the number of its line. Nothing is repaired silently, and no
message repeats what a file holds.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.columns import NOTHING_TOLD, Columns, columns_of
from roleferry_enrich.records.forms import RowForm

OUTCOME_COLUMNS = ("cluster_id", "cluster_confidence", "why")
OUTCOME_MEMBERS = (*OUTCOME_COLUMNS, "decision", "alternatives")
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|"


@dataclass(slots=True)
class RowsIn:
    """A file's rows, each as JSON (a list of cells, or an object) beside what it says."""

    form: RowForm
    rows: Iterator[tuple[bytes, LooseRecord]]
    names: list[str]
    """Of the columns; of JSON all members met so far, so read them when the rows are read."""
    delimiter: str = ","
    columns: Columns | None = None
    """Which column is which; of JSON known when the rows are read."""


def read_rows(lines: Iterable[bytes], told: Mapping[str, str] = NOTHING_TOLD) -> RowsIn:
    """`told`: see `columns_of`. Raises RecordsRefused, now or while the rows are read."""
    known = iter(lines)
    first = next((line for line in known if line.strip()), None)
    if first is None:
        raise RecordsRefused("the file is empty")
    if first.startswith(_WIDE_BOMS):
        raise RecordsRefused("the file is UTF-16: save it as UTF-8")
    texts = _decoded(chain((first.removeprefix(_BOM),), known))
    if first.removeprefix(_BOM).lstrip().startswith((b"{", b"[")):
        return _json_rows(texts, told)
    return _csv_rows(texts, told)


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise RecordsRefused(f"line {number} is not UTF-8: save the file as UTF-8") from None


def _csv_rows(texts: Iterator[str], told: Mapping[str, str]) -> RowsIn:
    heading = next(texts)
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(chain((heading,), texts), delimiter=delimiter, strict=True)
    cells = _cells(reader)
    _, names = next(cells)
    for later, name in enumerate(names):
        if name in names[:later]:
            raise RecordsRefused(
                f"columns {names.index(name) + 1} and {later + 1} have the same name"
            )
    _refuse_our_names(names, OUTCOME_COLUMNS)
    _refuse_absent(told, names)
    columns = columns_of(names, told)
    rows = _csv_records(cells, names, columns)
    return RowsIn(RowForm.CSV, rows, names, delimiter, columns)


class _Reader(Protocol):
    """The reader of `csv`, which has no public type."""

    line_num: int

    def __next__(self) -> list[str]: ...


def _cells(reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its first line."""
    while True:
        begun = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise RecordsRefused(
                f"the row from line {begun} on is not CSV: is a quote not closed, or a line ended "
                "by a lone carriage return?"
            ) from None
        if row:
            yield begun, row


def _csv_records(
    cells: Iterator[tuple[int, list[str]]], names: Sequence[str], columns: Columns
) -> Iterator[tuple[bytes, LooseRecord]]:
    for line, row in cells:
        if len(row) != len(names):
            raise RecordsRefused(
                f"the row at line {line} has {len(row)} cells where the heading has {len(names)}"
            )
        source = json.dumps(row, ensure_ascii=False).encode()
        yield source, columns.record(dict(zip(names, row, strict=True)))


def _json_rows(texts: Iterator[str], told: Mapping[str, str]) -> RowsIn:
    read = RowsIn(RowForm.JSON, iter(()), [])
    read.rows = _json_records(texts, told, read)
    return read


def _json_records(
    texts: Iterator[str], told: Mapping[str, str], read: RowsIn
) -> Iterator[tuple[bytes, LooseRecord]]:
    names: dict[str, None] = {}
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        row, source = _object(text, number)
        if read.columns is None or not row.keys() <= names.keys():
            names |= dict.fromkeys(row)
            read.names = list(names)
            _refuse_our_names(read.names, OUTCOME_MEMBERS)
            read.columns = columns_of(read.names, told)
        yield source, read.columns.record(row)
    _refuse_absent(told, read.names)


def _object(text: str, number: int) -> tuple[Mapping[str, object], bytes]:
    try:
        row = json.loads(text, parse_constant=_refuse_constant)
        # Half a surrogate pair cannot be written out again.
        source = json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RecordsRefused(
            f"line {number} is not JSON; a file of JSON has one object a line"
        ) from None
    if not isinstance(row, dict):
        raise RecordsRefused(f"line {number} is not a JSON object")
    return row, source


def _refuse_constant(_name: str) -> object:
    raise ValueError("NaN and Infinity are not JSON")


def _refuse_our_names(names: Iterable[str], ours: Iterable[str]) -> None:
    taken = sorted(set(ours) & set(names))
    if taken:
        raise RecordsRefused(
            f"the file already has {', '.join(taken)}: rename or remove it, or it would be lost"
        )


def _refuse_absent(told: Iterable[str], names: Iterable[str]) -> None:
    if not set(told) <= set(names):
        raise RecordsRefused("--column names a column that the file does not have")
