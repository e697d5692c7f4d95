"""Stored people and companies as golden records and back; locks the rows about to be updated."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, Table, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.records import (
    Confidence,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
)
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.at_rest import SubjectKey
from roleferry_enrich.storage.contact_points import Known, known_of
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.sealed import SubjectKeys, sealed_document
from roleferry_enrich.storage.sourced import fields_document, read_fields
from roleferry_enrich.storage.tables import companies, people

FIELDS = "people.fields"
_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 60
_MOST_WORDS = 200

# Any: a Row types its columns only where they are read.
AnyRow = Row[*tuple[Any, ...]]

# Statements are built once: building and hashing one costs as much as running it. Ids travel as
# one array, so that the text, and what PostgreSQL has prepared, is the same for any number.
_account_id = bindparam("account_id", type_=Uuid)
_ids = any_(bindparam("ids", type_=ARRAY(Uuid)))


async def lock_people(
    connection: AsyncConnection, account_id: UUID, ids: Collection[UUID]
) -> tuple[Mapping[UUID, GoldenPerson], Known]:
    """The stored ones among these people, held against other writers until the commit.

    And the keys of all of them who have one. Whose key was shredded is not told.
    """
    rows = await _locked(connection, people, account_id, ids)
    # A statement of its own: only with the locks held is it certain whose keys there are.
    known = await known_of(connection, account_id, ids)
    return {row.id: found for row in rows if (found := _person(row, known))}, known


async def lock_companies(
    connection: AsyncConnection, account_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, GoldenCompany]:
    """The stored ones among these companies, held against other writers until the commit."""
    rows = await _locked(connection, companies, account_id, ids)
    return {row.id: _company(row) for row in rows}


def fields_of(row: AnyRow) -> Mapping[str, FieldValue]:
    return read_fields(row.fields)


def person_fields(row: AnyRow, keys: SubjectKeys) -> Mapping[str, FieldValue] | None:
    """None where the key of what is stored of a person was shredded."""
    document = keys.opened(FIELDS, row.fields)
    return None if document is None else read_fields(document)


def person_row(
    account_id: UUID, key: SubjectKey, person: GoldenPerson, *, company_id: UUID | None
) -> bulk.Row:
    return {
        "account_id": account_id,
        "id": key.subject_id,
        "company_id": company_id,
        "full_name": person.text("full_name"),
        "words": " ".join(_words_of(person)),
        "fields": sealed_document(key, FIELDS, fields_document(person.fields)),
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


def _person(row: AnyRow, known: Known) -> GoldenPerson | None:
    fields = person_fields(row, known.keys)
    if fields is None:
        return None
    return GoldenPerson(
        fields=fields,
        contact_points=known.points.get(row.id, ()),
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


def _words_of(person: GoldenPerson) -> Sequence[str]:
    # Of no address: by its words whoever reads the database could tell it.
    named = [person.text(field) or "" for field in ("full_name", "title", "company_name")]
    return sorted(set(words(" ".join(named))))[:_MOST_WORDS]
