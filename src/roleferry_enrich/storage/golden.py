"""Stored people and companies as golden records and back; locks the rows about to be updated."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, Table, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import (
    Confidence,
    ContactKind,
    ContactPoint,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
)
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.merging import first_collected
from roleferry_enrich.storage.sourced import fields_document, read_fields
from roleferry_enrich.storage.tables import companies, contact_points, people

_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 60
_MOST_WORDS = 200

# No mailbox, number or profile is longer, and the primary key could not hold it.
_LONGEST_VALUE_BYTES = 2_000

# Any: a Row types its columns only where they are read.
AnyRow = Row[*tuple[Any, ...]]

# Statements are built once: building and hashing one costs as much as running it. Ids travel as
# one array, so that the text, and what PostgreSQL has prepared, is the same for any number.
_account_id = bindparam("account_id", type_=Uuid)
_ids = any_(bindparam("ids", type_=ARRAY(Uuid)))

_POINTS = (
    select(contact_points)
    .where(contact_points.c.account_id == _account_id, contact_points.c.person_id == _ids)
    .order_by(contact_points.c.kind, contact_points.c.confidence.desc(), contact_points.c.value)
)


async def lock_people(
    connection: AsyncConnection, account_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, GoldenPerson]:
    """The stored ones among these people, held against other writers until the commit."""
    rows = await _locked(connection, people, account_id, ids)
    points = await points_of(connection, account_id, [row.id for row in rows])
    return {row.id: _person(row, points.get(row.id, ())) for row in rows}


async def lock_companies(
    connection: AsyncConnection, account_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, GoldenCompany]:
    """The stored ones among these companies, held against other writers until the commit."""
    rows = await _locked(connection, companies, account_id, ids)
    return {row.id: _company(row) for row in rows}


async def points_of(
    connection: AsyncConnection, account_id: UUID, people_ids: Collection[UUID]
) -> Mapping[UUID, tuple[ContactPoint, ...]]:
    """Each person's contact points, the surest of each kind first."""
    if not people_ids:
        return {}
    found: defaultdict[UUID, list[ContactPoint]] = defaultdict(list)
    for row in await connection.execute(_POINTS, _of(account_id, people_ids)):
        found[row.person_id].append(point_of(row))
    return {person_id: tuple(points) for person_id, points in found.items()}


def fields_of(row: AnyRow) -> Mapping[str, FieldValue]:
    return read_fields(row.fields)


def person_row(
    account_id: UUID, person_id: UUID, person: GoldenPerson, *, company_id: UUID | None
) -> bulk.Row:
    return {
        "account_id": account_id,
        "id": person_id,
        "company_id": company_id,
        "full_name": person.text("full_name"),
        "words": " ".join(_words_of(person)),
        "fields": fields_document(person.fields),
        "confidence": person.confidence.value,
        "providers": person.providers,
        "origins": person.origins,
    }


def company_row(account_id: UUID, company_id: UUID, company: GoldenCompany) -> bulk.Row:
    return {
        "account_id": account_id,
        "id": company_id,
        "name": company.text("name"),
        "domain": company.text("domain"),
        "company_number": company.text("company_number"),
        "country": company.text("country"),
        "fields": fields_document(company.fields),
        "confidence": company.confidence.value,
        "providers": company.providers,
        "workforce": dict(company.workforce),
        "workforce_change": dict(company.workforce_change),
    }


def point_rows(account_id: UUID, person_id: UUID, person: GoldenPerson) -> Iterator[bulk.Row]:
    distinct = {(point.kind, point.value): point for point in person.contact_points}
    for point in distinct.values():
        if len(point.value.encode("utf-8", "ignore")) <= _LONGEST_VALUE_BYTES:
            yield {
                "account_id": account_id,
                "person_id": person_id,
                "kind": point.kind,
                "value": point.value,
                "label": point.label,
                "confidence": point.confidence.value,
                "deliverability": point.deliverability,
                "sources": point.sources,
                "first_collected_at": first_collected(point),
            }


def words(text: str) -> Sequence[str]:
    """The words of a text as they are searched: letters and digits only, in small letters."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(text.casefold())]


async def _locked(
    connection: AsyncConnection, table: Table, account_id: UUID, ids: Collection[UUID]
) -> Sequence[AnyRow]:
    if not ids:
        return []
    return (await connection.execute(_lock(table), _of(account_id, ids))).all()


@cache
def _lock(table: Table) -> Select[*tuple[Any, ...]]:
    return (
        select(table)
        .where(table.c.account_id == _account_id, table.c.id == _ids)
        # Always in this order, so that two requests with the same people cannot deadlock; the
        # weaker lock, so that rows which refer to these can be inserted meanwhile.
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )


def _of(account_id: UUID, ids: Collection[UUID]) -> Mapping[str, object]:
    return {"account_id": account_id, "ids": list(ids)}


def _person(row: AnyRow, points: tuple[ContactPoint, ...]) -> GoldenPerson:
    return GoldenPerson(
        fields=fields_of(row),
        contact_points=points,
        confidence=Confidence(row.confidence),
        providers=tuple(row.providers),
        origins=tuple(row.origins),
    )


def _company(row: AnyRow) -> GoldenCompany:
    return GoldenCompany(
        fields=fields_of(row),
        confidence=Confidence(row.confidence),
        providers=tuple(row.providers),
        workforce=read(row.workforce, dict[str, float]),
        workforce_change=read(row.workforce_change, dict[str, float]),
    )


def point_of(row: AnyRow) -> ContactPoint:
    return ContactPoint(
        kind=ContactKind(row.kind),
        value=row.value,
        label=row.label,
        confidence=Confidence(row.confidence),
        sources=read(row.sources, tuple[Source, ...]),
        deliverability=Deliverability(row.deliverability),
    )


def _words_of(person: GoldenPerson) -> Sequence[str]:
    named = [person.text(field) or "" for field in ("full_name", "title", "company_name")]
    mailboxes = [p.value for p in person.contact_points if p.kind is ContactKind.EMAIL]
    return sorted(set(words(" ".join(named + mailboxes))))[:_MOST_WORDS]
