"""A file of contacts: its rows as items to be sent, in parts that a job can hold.

The file is read again for each purpose, row by row, so that its size costs no memory.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from types import MappingProxyType

import orjson

from roleferry_enrich.api.batch_rows import (
    COLUMN_FIELDS,
    Row,
    columns_of,
    csv_record,
    delimiter_of,
    filled_rows,
)
from roleferry_enrich.api.strict_json import read_list_holder, refuse_bad_characters
from roleferry_enrich.domain.batches import MOST_ITEMS
from roleferry_enrich.errors import Fault, InvalidQuery, MalformedBody, RecordsRefused
from roleferry_enrich.records.forms import RowForm

NOT_SENT = "none"
_PART_BYTES = 12 * 1024 * 1024
_ROW_BYTES = 256 * 1024
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_NOTHING: Mapping[str, str] = MappingProxyType({})

Source = Sequence[str] | Mapping[str, object]
"""A row as the file has it: the cells of a table, or an object."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    number: int
    """From 1; the heading and blank lines do not count."""
    source: Source
    item: bytes | None
    """What is sent of it, as JSON; None where it cannot be read."""
    fault: str = ""
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """As many rows as one job can hold; those that cannot be read are not sent."""

    number: int
    rows: Sequence[ContactRow]

    @property
    def items(self) -> Sequence[bytes]:
        return [row.item for row in self.rows if row.item is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsFile:
    path: Path
    form: RowForm
    delimiter: str
    names: Sequence[str]
    """Of the columns; of JSON every member met."""
    columns: Mapping[str, str]
    """Field to the column it is read from."""
    digest: str
    """Of the whole file."""
    readable: int
    """Rows that can be sent."""
    added: Mapping[str, str]
    """What every item says that does not say otherwise."""

    def parts(self) -> Iterator[Part]:
        """Always the same ones. Raises RecordsRefused where the file is no longer there."""
        rows: list[ContactRow] = []
        number, items, size = 1, 0, 0
        for row in self._rows():
            more = 0 if row.item is None else len(row.item)
            if more and (items == MOST_ITEMS or (items and size + more > _PART_BYTES)):
                yield Part(number, rows)
                rows, number, items, size = [], number + 1, 0, 0
            rows.append(row)
            items, size = items + bool(more), size + more
        yield Part(number, rows)

    def _rows(self) -> Iterator[ContactRow]:
        for number, (source, said) in enumerate(_read(self.path, self.columns), 1):
            if isinstance(said, Fault):
                yield ContactRow(number, source, None, told(said))
                continue
            item = orjson.dumps({**self.added, **said})
            fault = "" if len(item) <= _ROW_BYTES else "row: is too long"
            yield ContactRow(number, source, None if fault else item, fault)


def told(fault: Fault) -> str:
    return f"{fault.field}: {fault.message}"


def examined(path: Path, chosen: Sequence[str], added: Mapping[str, str]) -> ContactsFile:
    """The file, read once. `chosen`: `NAME=FIELD`. Raises RecordsRefused, meant to be read."""
    wanted = _wanted(chosen)
    form, delimiter = _form(path)
    names = _csv_names(path) if form is RowForm.CSV else _json_names(path)
    columns = _columns(names, wanted)
    found = [isinstance(said, Fault) for _, said in _read(path, columns)]
    return ContactsFile(
        path=path,
        form=form,
        delimiter=delimiter,
        names=names,
        columns=columns,
        digest=digest_of(path),
        readable=found.count(False),
        added=added,
    )


def digest_of(path: Path) -> str:
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wanted(chosen: Sequence[str]) -> Mapping[str, str]:
    """Column to field."""
    wanted = {}
    for pair in chosen:
        name, _, field = pair.rpartition("=")
        if not name or field not in {*COLUMN_FIELDS, NOT_SENT}:
            fields = ", ".join((*COLUMN_FIELDS, NOT_SENT))
            raise RecordsRefused(f"--column is NAME=FIELD, with one of these fields: {fields}")
        wanted[name] = field
    return wanted


def _columns(names: Sequence[str], wanted: Mapping[str, str]) -> Mapping[str, str]:
    if not wanted.keys() <= set(names):
        raise RecordsRefused("--column names a column that the file does not have")
    left_out = {name for name, field in wanted.items() if field == NOT_SENT}
    given = {field: name for name, field in wanted.items() if field != NOT_SENT}
    try:
        return columns_of([name for name in names if name not in left_out], given)
    except InvalidQuery:
        raise RecordsRefused(
            "no column was recognised: say which is which with --column NAME=FIELD, with one of "
            f"these fields: {', '.join(COLUMN_FIELDS)}"
        ) from None


def _form(path: Path) -> tuple[RowForm, str]:
    with _opened(path) as file:
        first = next((line for line in file if line.strip()), None)
    if first is None:
        raise RecordsRefused(f"{path} is empty")
    if first.startswith(_WIDE_BOMS):
        raise RecordsRefused(f"{path} is UTF-16: save it as UTF-8")
    head = first.removeprefix(_BOM).lstrip()
    if head.startswith(b"["):
        raise RecordsRefused(f"{path} is one JSON list: write one object a line")
    if head.startswith(b"{"):
        return RowForm.JSON, ","
    return RowForm.CSV, delimiter_of(first.decode(errors="replace"))


def _csv_names(path: Path) -> Sequence[str]:
    names = next(_cells(path), [])
    for later, name in enumerate(names):
        if name and name in names[:later]:
            raise RecordsRefused(
                f"columns {names.index(name) + 1} and {later + 1} have the same name"
            )
    return names


def _json_names(path: Path) -> Sequence[str]:
    names: dict[str, None] = {}
    for source, _ in _objects(path, _NOTHING):
        names |= dict.fromkeys(source)
    return list(names)


def _read(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[Source, Row]]:
    form, _ = _form(path)
    return _records(path, columns) if form is RowForm.CSV else _objects(path, columns)


def _records(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[Sequence[str], Row]]:
    cells = _cells(path)
    names = next(cells, [])
    for row in cells:
        yield row, csv_record(row, names, columns)


def _cells(path: Path) -> Iterator[list[str]]:
    """The rows that are not blank, the heading first and stripped."""
    _, delimiter = _form(path)
    with TextIOWrapper(_opened(path), encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        rows = filled_rows(reader)
        try:
            yield [name.strip() for name in next(rows, [])]
            yield from rows
        except MalformedBody:
            raise RecordsRefused(
                f"{path} is not CSV from about line {reader.line_num} on: is a quote not closed?"
            ) from None
        except UnicodeDecodeError:
            raise RecordsRefused(f"{path} is not UTF-8: save it as UTF-8") from None


def _objects(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[Mapping[str, object], Row]]:
    with _opened(path) as lines:
        for place, line in enumerate(lines):
            text = line.removeprefix(_BOM) if place == 0 else line
            if not text.strip():
                continue
            try:
                source = read_list_holder(text)
            except MalformedBody:
                yield {}, Fault("row", "malformed", "is not a JSON object in UTF-8")
            else:
                yield source, _said(source, columns)


def _said(source: Mapping[str, object], columns: Mapping[str, str]) -> Row:
    record = {field: source.get(name) for field, name in columns.items()}
    said = {field: value for field, value in record.items() if value is not None and value != ""}
    try:
        refuse_bad_characters(said)
    except MalformedBody:
        return Fault("row", "malformed", "holds half of a surrogate pair")
    except InvalidQuery as refused:
        return refused.faults[0]
    return said


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise RecordsRefused(f"{path} cannot be read: {error.strerror}") from None
