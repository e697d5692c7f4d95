"""Contact points as rows: each value sealed under its person's key, and found by its digest."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, and_, bindparam, column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import (
    Confidence,
    ContactKind,
    ContactPoint,
    GoldenPerson,
    Source,
)
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.at_rest import AtRest, SubjectKey, at_rest_of
from roleferry_enrich.storage.documents import read, storable
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.merging import first_collected
from roleferry_enrich.storage.sealed import SubjectKeys, opened_text, sealed_text, unwrapped
from roleferry_enrich.storage.tables import contact_points

VALUE = "contact_points.value"
"""What a value is bound to."""
# No mailbox, number or profile is longer.
_LONGEST_VALUE_BYTES = 2_000

# Any: a Row types its columns only where they are read.
AnyRow = Row[*tuple[Any, ...]]

_account_id = bindparam("account_id", type_=Uuid)
_of = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid)), type_=Uuid)
    .table_valued(column("id", Uuid), name="wanted")
    .render_derived()
)
_POINTS = (
    select(_of.c.id, subject_keys.c.wrapped, contact_points)
    .select_from(_of)
    .outerjoin(
        subject_keys,
        and_(subject_keys.c.account_id == _account_id, subject_keys.c.subject_id == _of.c.id),
    )
    .outerjoin(
        contact_points,
        and_(contact_points.c.account_id == _account_id, contact_points.c.person_id == _of.c.id),
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """Of some people: their keys, and the contact points that these open."""

    keys: SubjectKeys
    points: Mapping[UUID, tuple[ContactPoint, ...]]
    """Each person's, the surest of each kind first."""


async def known_of(connection: AsyncConnection, account_id: UUID, ids: Collection[UUID]) -> Known:
    """Raises KeyMissing."""
    at_rest = at_rest_of(connection)
    if not ids:
        return Known(SubjectKeys(at_rest, {}), {})
    given = {"account_id": account_id, "ids": list(ids)}
    rows = (await connection.execute(_POINTS, given)).all()
    wrapped = {row.id: row.wrapped for row in rows if row.wrapped is not None}
    keys = unwrapped(at_rest, account_id, wrapped)
    found: defaultdict[UUID, list[ContactPoint]] = defaultdict(list)
    for row in rows:
        point = None if row.value is None else point_of(row, keys.get(row.id))
        if point is not None:
            found[row.id].append(point)
    return Known(SubjectKeys(at_rest, keys), {each: _surest_first(found[each]) for each in found})


def point_rows(
    account_id: UUID, key: SubjectKey, person: GoldenPerson, at_rest: AtRest
) -> Iterator[bulk.Row]:
    distinct = {(point.kind, storable(point.value)): point for point in person.contact_points}
    for (kind, value), point in distinct.items():
        if len(value.encode()) <= _LONGEST_VALUE_BYTES:
            yield {
                "account_id": account_id,
                "person_id": key.subject_id,
                "kind": kind,
                "digest": at_rest.blind(kind, value),
                "value": sealed_text(key, VALUE, value),
                "label": point.label,
                "confidence": point.confidence.value,
                "deliverability": point.deliverability,
                "sources": point.sources,
                "first_collected_at": first_collected(point),
            }


def point_of(row: AnyRow, key: SubjectKey | None) -> ContactPoint | None:
    """None where its key was shredded."""
    value = opened_text(key, VALUE, row.value)
    if value is None:
        return None
    return ContactPoint(
        kind=ContactKind(row.kind),
        value=value,
        label=row.label,
        confidence=Confidence(row.confidence),
        sources=read(row.sources, tuple[Source, ...]),
        deliverability=Deliverability(row.deliverability),
    )


def _surest_first(points: Sequence[ContactPoint]) -> tuple[ContactPoint, ...]:
    return tuple(sorted(points, key=lambda it: (it.kind, -it.confidence.value, it.value)))
