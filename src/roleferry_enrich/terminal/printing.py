"""Prints an answer as a table for a person, or as JSON or CSV for a program."""

import csv
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson
from rich.console import Console, RenderableType

# Narrower than this the tables of an answer are unreadable; without a terminal nothing wraps.
_PLAIN_WIDTH = 140
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    lines: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
) -> None:
    """`table` draws the answer for a person; `lines` are its rows as CSV."""
    match form:
        case Format.TABLE:
            console().print(table(answer))
        case Format.JSON:
            sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")
        case Format.CSV:
            sys.stdout.write(csv_text(lines(answer)))


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH)


def csv_text(lines: Sequence[Mapping[str, Any]]) -> str:
    """The rows with a heading. Values that a spreadsheet would run as a formula are defused."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    # ASVS 1.2.10: a leading apostrophe keeps spreadsheets from evaluating the cell.
    return f"'{text}" if text.startswith(_FORMULA) else text
