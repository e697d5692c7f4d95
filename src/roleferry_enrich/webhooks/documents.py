"""Reads a webhook's JSON. Each member is looked at by whoever needs it: the rest may be anything.

Senders add members and change forms; an event whose form is strange is kept, not refused.
"""

from typing import Any

import orjson

from roleferry_enrich.errors import MalformedBody

# Any: a sender's own document, of which only `webhooks/events.py` makes something.
Document = dict[str, Any]


def read_document(body: bytes) -> object:
    """Raises MalformedBody for what is no JSON: not numbered, nested or spelt beyond it either."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Without `from`: the error holds the whole body.
        raise MalformedBody("the body is not JSON") from None


def text(document: Document, *path: str) -> str | None:
    """The text at the end of a path of members; None where there is none, or an empty one."""
    found: object = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, str):
        return found or None
    # An id may be a number, which orjson keeps whole up to 64 bits.
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else None


def moment(document: Document, *path: str) -> float | None:
    """Unix seconds, as a number."""
    found: object = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found)
