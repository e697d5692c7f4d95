"""Rows as they were before they were sealed; what is changed of one is sealed as it was.

For the rare work that goes through whole tables and must miss nothing. A column whose subject's
key was shredded is None: nobody can read it, and all that can be done with its row is to delete it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.in_turns import in_turns
from roleferry_enrich.storage.at_rest import Key
from roleferry_enrich.storage.book_rows import opened_reply
from roleferry_enrich.storage.bound_names import address_name
from roleferry_enrich.storage.contact_points import VALUE, AnyRow
from roleferry_enrich.storage.golden import FIELDS
from roleferry_enrich.storage.people_keys import opened_document, sealed_again, subjects_of
from roleferry_enrich.storage.sealed import (
    CLAIM,
    HISTORY,
    ITEM,
    REFERENCE,
    SubjectKeys,
    is_sealed,
    keys_of,
    opened_text,
    sealed_document,
    sealed_text,
    subject_of,
)

# Any: the values of columns, of whatever type.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A row that was read, with what seals it again."""

    row: AnyRow
    """As it was before it was sealed."""
    stored: AnyRow
    keys: SubjectKeys | None

    @property
    def is_shredded(self) -> bool:
        """Whether something of it cannot be read any more."""
        pairs = zip(self.row, self.stored, strict=True)
        return any(value is None and held is not None for value, held in pairs)

    def sealed(self, table: Table, changes: Values) -> Values:
        """The columns that change, as they are to be stored."""
        made = dict(changes)
        for column in _SEALED.get(table.name, ()) if self.keys is not None else ():
            assert self.keys is not None
            made |= column.sealed(self.stored, made, self.keys)
        return made


def sealed_columns(table: Table) -> frozenset[str]:
    """Into which the database cannot look, but for what is from before there were keys."""
    return frozenset().union(*(each.columns for each in _SEALED.get(table.name, ())))


async def opened(
    connection: AsyncConnection, table: Table, rows: Sequence[AnyRow]
) -> Sequence[Opened]:
    """In their order. Raises KeyMissing."""
    columns = _SEALED.get(table.name)
    if columns is None:
        return [Opened(row, row, None) for row in rows]
    owners: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        owners[row.account_id].update(it for each in columns for it in each.owners(row))
    keys = {each: await keys_of(connection, each, ids) for each, ids in owners.items()}
    found = []
    async for row in in_turns(rows):
        mine = keys[row.account_id]
        found.append(Opened(_with(row, columns, mine), row, mine))
    return found


class _Sealed(Protocol):
    """A column, or some that are one document."""

    @property
    def columns(self) -> frozenset[str]: ...
    def owners(self, row: AnyRow) -> Iterable[UUID]: ...
    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values: ...
    def sealed(self, row: AnyRow, changes: Values, keys: SubjectKeys) -> Values: ...


@dataclass(frozen=True, slots=True)
class _Document:
    column: str
    name: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset({self.column})

    def owners(self, row: AnyRow) -> Iterable[UUID]:
        owner = subject_of(getattr(row, self.column))
        return () if owner is None else (owner,)

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        return {self.column: keys.opened(self.name, getattr(row, self.column))}

    def sealed(self, row: AnyRow, changes: Values, keys: SubjectKeys) -> Values:
        before = getattr(row, self.column)
        if self.column not in changes or not is_sealed(before):
            return {}
        owner = subject_of(before)
        key: Key = keys.at_rest if owner is None else keys.of[owner]
        return {self.column: sealed_document(key, self.name, changes[self.column])}


class _Answer:
    """An enrichment: what was asked stands in both of its columns, sealed once."""

    columns = frozenset({"request", "result"})

    def owners(self, row: AnyRow) -> Iterable[UUID]:
        return subjects_of(row.result)

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        result = opened_document(row.result, keys)
        return {"request": None if result is None else result["request"], "result": result}

    def sealed(self, row: AnyRow, changes: Values, keys: SubjectKeys) -> Values:
        return sealed_again(row.result, changes["result"], keys) if "result" in changes else {}


@dataclass(frozen=True, slots=True)
class _Reference:
    columns = frozenset({"reference"})

    def owners(self, row: AnyRow) -> Iterable[UUID]:  # noqa: ARG002 - the ring's
        return ()

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        text = row.reference
        return {"reference": text and opened_text(keys.at_rest, REFERENCE, text)}

    def sealed(self, row: AnyRow, changes: Values, keys: SubjectKeys) -> Values:  # noqa: ARG002
        text = changes.get("reference")
        return {"reference": sealed_text(keys.at_rest, REFERENCE, text)} if text else {}


class _ReadOnly:
    def sealed(self, row: AnyRow, changes: Values, keys: SubjectKeys) -> Values:  # noqa: ARG002
        return {}


class _ContactValue(_ReadOnly):
    columns = frozenset({"value"})

    def owners(self, row: AnyRow) -> Iterable[UUID]:
        return (row.person_id,)

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        return {"value": opened_text(keys.of.get(row.person_id), VALUE, row.value)}


class _Address(_ReadOnly):
    columns = frozenset({"address"})

    def owners(self, row: AnyRow) -> Iterable[UUID]:  # noqa: ARG002 - the ring's
        return ()

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        return {"address": opened_text(keys.at_rest, address_name(row.mailbox), row.address)}


class _Reply(_ReadOnly):
    columns = frozenset({"reply"})

    def owners(self, row: AnyRow) -> Iterable[UUID]:  # noqa: ARG002 - the ring's
        return ()

    def opened(self, row: AnyRow, keys: SubjectKeys) -> Values:
        reply = row.reply
        return {"reply": reply and opened_reply(bytes(reply), bytes(row.question), keys.at_rest)}


_SEALED: Mapping[str, Sequence[_Sealed]] = MappingProxyType(
    {
        "people": (_Document("fields", FIELDS),),
        "contact_points": (_ContactValue(),),
        "observations": (_Document("claim", CLAIM),),
        "enrichments": (_Answer(),),
        "field_history": (_Document("old", HISTORY), _Document("new", HISTORY)),
        "job_items": (_Document("request", ITEM), _Reference()),
        "mailbox_reports": (_Address(),),
        "call_intents": (_Reply(),),
    }
)


def _with(row: AnyRow, columns: Iterable[_Sealed], keys: SubjectKeys) -> AnyRow:
    values = dict(row._mapping)  # noqa: SLF001 - a Row's public name
    for column in columns:
        values |= column.opened(row, keys)
    made: AnyRow = IteratorResult(
        SimpleResultMetaData(list(values)), iter([tuple(values.values())])
    ).one()
    return made
