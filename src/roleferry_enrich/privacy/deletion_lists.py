"""Reads the deletion lists of California's platform, and writes what became of them. Pure.

A download has one CSV for each kind of identifier, of which we hold two: addresses and telephone
numbers. The others (name with birthday and postcode, advertising and television ids, vehicles) can
match nobody here, and are answered so.
"""

import base64
import binascii
import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from roleferry_enrich.domain.values import dataclass

_NAME = re.compile(r"\d{8}_\d+_(NDZ|Email|Phone|MAID|NameVIN|CTVID|Removed)(?:_\w{1,10})?\.csv")
_ID = re.compile(r"[A-Za-z0-9]{12}")
_HASH_BYTES = 32
REMOVED = "Removed"
KINDS: Mapping[str, str] = {"Email": "email", "Phone": "phone"}
"""Ours, by theirs."""


class Status(IntEnum):
    """What is reported of a work item."""

    EXEMPT = 2
    DELETED = 3
    OPTED_OUT = 4
    """Several people have the identifier: all are kept out of every answer."""
    NOT_FOUND = 5


@dataclass(frozen=True, slots=True)
class WorkItem:
    id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionList:
    """One file. Of a work item that is there twice, the first row stands."""

    name: str
    kind: str
    """`Email`, `Phone`, ..., or `Removed`: who takes the request back."""
    items: tuple[WorkItem, ...]


def read_list(name: str, text: str) -> DeletionList:
    """Raises ValueError, which names the row and no identifier, for what is not as documented.

    Half a list is no list: whoever is not read would be answered as not found.
    """
    kind = _NAME.fullmatch(name)
    if kind is None:
        raise ValueError("the name is not <date>_<broker>_<list>.csv")
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    columns = ["ID", "Hash", *(["ListType"] if kind[1] == REMOVED else [])]
    if next(rows, None) != columns:
        raise ValueError("row 1 is not " + ",".join(columns))
    items: dict[str, WorkItem] = {}
    for number, row in enumerate(rows, 2):
        if row:
            item = _item(row, number, len(columns))
            items.setdefault(item.id, item)
    return DeletionList(name=name, kind=kind[1], items=tuple(items.values()))


def read_report(text: str) -> Mapping[str, Status]:
    """What an earlier run has reported, to be gone on with. Raises ValueError."""
    rows = csv.reader(text.splitlines())
    next(rows, None)
    return {item: Status(int(status)) for item, status in rows}


def report(statuses: Mapping[str, Status]) -> str:
    """As it is uploaded."""
    return "".join(_lines([("Id", "Status"), *((id_, str(int(s))) for id_, s in statuses.items())]))


def verdict(people: Sequence[tuple[object, object]], *, is_exempt: bool) -> Status:
    """Of an identifier that these have, each by account and id.

    One person known to several accounts is one consumer; two in one account are two.
    """
    if is_exempt:
        return Status.EXEMPT
    owners = [owner for owner, _ in set(people)]
    if not owners:
        return Status.NOT_FOUND
    return Status.OPTED_OUT if len(owners) > len(set(owners)) else Status.DELETED


def _item(row: Sequence[str], number: int, columns: int) -> WorkItem:
    if len(row) != columns:
        raise ValueError(f"row {number} has {len(row)} columns")
    if not _ID.fullmatch(row[0]):
        raise ValueError(f"row {number} has no work item id")
    try:
        digest = base64.b64decode(row[1], validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != _HASH_BYTES:
        raise ValueError(f"row {number} has no hash")
    return WorkItem(row[0], row[1])


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    return (",".join(row) + "\n" for row in rows)
