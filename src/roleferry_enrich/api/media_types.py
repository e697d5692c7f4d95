"""The forms that lists are sent and answered in."""

from typing import Annotated

from fastapi import Header

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
TEXT = {"schema": {"type": "string"}}
Accept = Annotated[str, Header(description=f"`{JSON}`, or in whole `{NDJSON}` or `{CSV}`.")]
AcceptSheet = Annotated[str, Header(description=f"`{JSON}`, or in whole `{CSV}`.")]


def wanted(accept: str, offered: tuple[str, ...] = (JSON, NDJSON, CSV)) -> str:
    """The first that is both accepted and offered; JSON where there is none."""
    for entry in accept.split(","):
        media_type = entry.partition(";")[0].strip().lower()
        if media_type in offered:
            return media_type
    return JSON
