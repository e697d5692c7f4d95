"""The forms in which a file of records is read and written."""

from enum import StrEnum


class RowForm(StrEnum):
    CSV = "csv"
    JSON = "json"
    """One object a line."""
