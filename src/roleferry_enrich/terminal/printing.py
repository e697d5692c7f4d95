"""Prints an answer as a table for a person, or as JSON or CSV for a program."""

import csv
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from rich.console import Console, RenderableType

# Narrower than this the tables of an answer are unreadable; without a terminal nothing wraps.
_PLAIN_WIDTH = 140
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


# Any: JSON as any client of the API gets it.
def show(
    answer: Mapping[str, Any],
    form: Format,
    *,
    table: Callable[[Mapping[str, Any]], RenderableType],
    sheet: Callable[[Mapping[str, Any]], "Sheet"],
) -> None:
    """`table` draws the answer for a person; `sheet` is what a spreadsheet gets of it."""
    match form:
        case Format.TABLE:
            console().print(table(answer))
        case Format.JSON:
            sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")
        case Format.CSV:
            sys.stdout.write(csv_text(sheet(answer)))


def console(*, error: bool = False) -> Console:
    """`error` is for what is no result: how the work goes."""
    stream = sys.stderr if error else sys.stdout
    return Console(width=None if stream.isatty() else _PLAIN_WIDTH, stderr=error)


def csv_text(sheet: "Sheet") -> str:
    """The rows below their heading. What a spreadsheet would run as a formula is defused."""
    lines = (csv_row(line) for line in sheet.lines)
    return "".join((csv_row(sheet.columns), *lines))


def csv_row(cells: Sequence[object], *, delimiter: str = ",") -> str:
    """One row with its line end; what a spreadsheet would run as a formula is defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerow([_cell(cell) for cell in cells])
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under the same columns, however many or few there are."""

    columns: Sequence[str]
    lines: Sequence[Sequence[object]]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    # ASVS 1.2.10: a leading apostrophe keeps spreadsheets from evaluating the cell.
    if text.lstrip(" ").startswith(_FORMULA):
        text = f"'{text}"
    # The writer quotes a cell for a line feed, and not for the other ends of a line.
    return "\n".join(text.splitlines())
