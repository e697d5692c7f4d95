"""A provider's reply, and a reader of its JSON that no drift can break.

Providers add, drop, null and retype fields without notice. `Record` therefore answers None (or
an empty tuple) for a value that is absent or of another type, so that one odd field costs that
field only; what makes a reply unreadable as a whole raises ProviderContractChanged.
"""

import math
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import orjson

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ProviderContractChanged

_TEXT_LIMIT = 10_000
_ROWS_LIMIT = 1_000
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Names in lower case."""

    def record(self) -> "Record":
        """The body as one JSON object. Raises ProviderContractChanged for anything else."""
        try:
            document = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ProviderContractChanged("the body is not JSON") from error
        if not isinstance(document, dict):
            raise ProviderContractChanged("the body is not a JSON object")
        return Record(document)

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def retry_after(self) -> timedelta | None:
        """The `Retry-After` header in both its forms, between 0 and an hour; None if unreadable."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            # Longer numbers overflow timedelta; anything above the cap is the cap.
            return min(timedelta(seconds=int(value[:9])), _LONGEST_PAUSE)
        try:
            wait = parsedate_to_datetime(value) - self.received_at
        except (TypeError, ValueError, OverflowError):
            return None
        return min(wait, _LONGEST_PAUSE) if wait > timedelta(0) else None

    def until(self, header: str) -> timedelta | None:
        """The time left until the Unix second in that header, at most an hour; None if past."""
        value = self.headers.get(header, "").strip()
        if not (value.isascii() and value.isdigit()):
            return None
        left = timedelta(seconds=int(value[:11]) - self.received_at.timestamp())
        return min(left, _LONGEST_PAUSE) if left > timedelta(0) else None


class Record:
    """One JSON object of a reply. Every accessor takes a path of member names."""

    __slots__ = ("_members",)

    def __init__(self, members: dict[str, object]) -> None:
        self._members = members

    def __bool__(self) -> bool:
        return bool(self._members)

    def value(self, *path: str) -> object:
        """The raw JSON value, None where absent."""
        here: object = self._members
        for name in path:
            if not isinstance(here, dict):
                return None
            here = here.get(name)
        return here

    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def text(self, *path: str) -> str | None:
        """A text with something in it, stripped; a number is taken as its digits."""
        return _text(self.value(*path))

    def number(self, *path: str) -> float | None:
        value = self.value(*path)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def integer(self, *path: str) -> int | None:
        number = self.number(*path)
        return None if number is None else int(number)

    def flag(self, *path: str) -> bool | None:
        value = self.value(*path)
        return value if isinstance(value, bool) else None

    def day(self, *path: str) -> date | None:
        """An ISO date or timestamp, or Unix seconds, as its day in UTC."""
        value = self.value(*path)
        try:
            if isinstance(value, str):
                return date.fromisoformat(value.strip()[:10])
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value, UTC).date()
        except (ValueError, OverflowError, OSError):
            return None
        return None

    def record(self, *path: str) -> "Record":
        """The object there; an empty record where there is none."""
        value = self.value(*path)
        return Record(value if isinstance(value, dict) else {})

    def records(self, *path: str) -> tuple["Record", ...]:
        """The objects of the list there, other members left out; at most 1,000."""
        value = self.value(*path)
        rows = value[:_ROWS_LIMIT] if isinstance(value, list) else []
        return tuple(Record(row) for row in rows if isinstance(row, dict))

    def texts(self, *path: str) -> tuple[str, ...]:
        value = self.value(*path)
        rows = value[:_ROWS_LIMIT] if isinstance(value, list) else []
        return tuple(text for row in rows if (text := _text(row)))

    def require(self, name: str) -> None:
        """Insist that a member is there at all: its absence means another document.

        Without this, an error page in JSON would read as "nothing found".
        """
        if name not in self._members:
            raise ProviderContractChanged(f"no member {name!r} in the body")


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    shown = value[:_TEXT_LIMIT]
    if not shown.isprintable():
        shown = "".join(c for c in shown if c.isprintable() or c.isspace())
    return " ".join(shown.split()) or None
