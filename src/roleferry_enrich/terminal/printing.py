"""Prints an answer as a table for a person, or as JSON or CSV for a program."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from rich.console import Console, RenderableType

from roleferry_enrich.records.spreadsheets import csv_row

# Narrower than this the tables of an answer are unreadable; without a terminal nothing wraps.
_PLAIN_WIDTH = 140


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under the same columns, however many or few there are."""

    columns: Sequence[str]
    lines: Sequence[Sequence[object]]
