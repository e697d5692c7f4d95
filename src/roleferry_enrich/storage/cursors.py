"""Opaque places in a list, handed to a client as text and taken back with distrust.

A cursor holds only a sort key, never an account: what it can reach is decided by the query.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.errors import Fault, InvalidQuery

_LARGEST_PAGE = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The leading letter tells the lists apart: a cursor of one is refused by the other.
_MOMENT = struct.Struct(">cq16s")
_NUMBER = struct.Struct(">cq")


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a list that is sorted by creation, newest first."""

    created_at: datetime
    id: UUID

    def cursor(self) -> str:
        microseconds = (self.created_at - _EPOCH) // _MICROSECOND
        return _text(_MOMENT.pack(b"m", microseconds, self.id.bytes))

    @classmethod
    def of(cls, cursor: str) -> "Moment":
        """Raises InvalidQuery for anything we did not hand out."""
        try:
            letter, microseconds, id_bytes = _MOMENT.unpack(_bytes(cursor))
            created_at = _EPOCH + microseconds * _MICROSECOND
        except (ValueError, struct.error, OverflowError) as error:
            raise _refusal() from error
        if letter != b"m":
            raise _refusal()
        return cls(created_at, UUID(bytes=id_bytes))


@dataclass(frozen=True, slots=True)
class Number:
    """A place in a list that is sorted by a running number, highest first."""

    value: int

    def cursor(self) -> str:
        return _text(_NUMBER.pack(b"n", self.value))

    @classmethod
    def of(cls, cursor: str) -> "Number":
        """Raises InvalidQuery for anything we did not hand out."""
        try:
            letter, value = _NUMBER.unpack(_bytes(cursor))
        except (ValueError, struct.error) as error:
            raise _refusal() from error
        if letter != b"n":
            raise _refusal()
        return cls(value)


def check_limit(limit: int) -> None:
    if not 1 <= limit <= _LARGEST_PAGE:
        fault = Fault("limit", "out_of_range", f"a number from 1 to {_LARGEST_PAGE}")
        raise InvalidQuery("the page size is out of range", faults=(fault,))


def _refusal() -> InvalidQuery:
    fault = Fault("after", "invalid_cursor", "the `next` of a page of this same list")
    return InvalidQuery("the cursor is not one of ours", faults=(fault,))


def _text(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _bytes(cursor: str) -> bytes:
    if len(cursor) > 100:
        raise ValueError("too long")
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if _text(packed) != cursor:
        raise ValueError("not as we write it")
    return packed
