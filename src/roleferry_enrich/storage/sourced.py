"""Golden records as documents in which each list of sources is written once and referred to.

Most values of a record rest on the same providers, so that their sources, written out beside
each, are nearly all of it. Documents from before are still read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import (
    ContactPoint,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
)
from roleferry_enrich.storage.documents import read

# Any: JSON as it is written and read; only `documents.read` makes something of it.
Document = dict[str, Any]

_FORM = 2
"""Under the name `form`, which documents of the first form have not."""


def fields_document(known: Mapping[str, FieldValue]) -> Document:
    lists = _Lists()
    return {"form": _FORM, "fields": lists.fields(known), "sources": lists.written}


def enrichment_document(enrichment: Enrichment) -> Document:
    lists = _Lists()
    return {
        **_members(enrichment),
        "form": _FORM,
        "person": enrichment.person and lists.person(enrichment.person),
        "company": enrichment.company and lists.company(enrichment.company),
        "executives": [lists.person(person) for person in enrichment.executives],
        "sources": lists.written,
    }


def read_fields(document: Document) -> dict[str, FieldValue]:
    if document.get("form") == _FORM:
        _write_out(document["fields"].values(), document["sources"])
        document = document["fields"]
    return read(document, dict[str, FieldValue])


def read_enrichment(document: Document) -> Enrichment:
    if document.get("form") == _FORM:
        for record in (document["person"], document["company"], *document["executives"]):
            if record is not None:
                _write_out(record["fields"].values(), document["sources"])
                _write_out(record.get("contact_points", ()), document["sources"])
    return read(document, Enrichment)


def read_person(person: Document, lists: Sequence[object] | None) -> GoldenPerson:
    """One person of an enrichment's document, which stays as it is; `lists`: its sources."""
    return read(_written_out(person, lists), GoldenPerson)


def read_company(company: Document, lists: Sequence[object] | None) -> GoldenCompany:
    """The company, likewise."""
    return read(_written_out(company, lists), GoldenCompany)


def _written_out(record: Document, lists: Sequence[object] | None) -> Document:
    if lists is None:
        return record
    fields = {
        name: {**held, "sources": lists[held["sources"]]} for name, held in record["fields"].items()
    }
    points = [
        {**point, "sources": lists[point["sources"]]}
        for point in record.get("contact_points") or ()
    ]
    return {**record, "fields": fields, "contact_points": points}


def _write_out(holders: Iterable[Document], lists: Sequence[object]) -> None:
    for holder in holders:
        holder["sources"] = lists[holder["sources"]]


class _Lists:
    """The lists of sources of one document, each once; elsewhere stands its place among them."""

    def __init__(self) -> None:
        self.written: list[tuple[Source, ...]] = []
        self._places: dict[tuple[int, ...], int] = {}

    def person(self, person: GoldenPerson) -> Document:
        return {
            **_members(person),
            "fields": self.fields(person.fields),
            "contact_points": [self._holder(point) for point in person.contact_points],
        }

    def company(self, company: GoldenCompany) -> Document:
        return {**_members(company), "fields": self.fields(company.fields)}

    def fields(self, known: Mapping[str, FieldValue]) -> Document:
        return {name: self._holder(value) for name, value in known.items()}

    def _holder(self, holder: FieldValue | ContactPoint) -> Document:
        return {**_members(holder), "sources": self._place(holder.sources)}

    def _place(self, sources: tuple[Source, ...]) -> int:
        # By identity: equal lists are nearly always the same, and to compare them costs more than
        # to write one twice.
        key = tuple(map(id, sources))
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.written)
            self.written.append(sources)
        return place


def _members(
    record: Enrichment | GoldenPerson | GoldenCompany | FieldValue | ContactPoint,
) -> Document:
    return {name: getattr(record, name) for name in record.__slots__}
