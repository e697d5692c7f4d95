"""CSV that a spreadsheet can open without running what is in it."""

import csv
import io
from collections.abc import Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001


def csv_row(cells: Sequence[object], *, delimiter: str = ",") -> str:
    """One row with its line end; what a spreadsheet would run as a formula is defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerow([_cell(cell) for cell in cells])
    return out.getvalue()


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
