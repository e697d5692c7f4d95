"""The answer about one contact, and what is stored of contacts."""

from collections.abc import Mapping
from typing import cast

from roleferry_enrich.api.answers import evidence
from roleferry_enrich.api.schemas.answers import EnrichAnswer
from roleferry_enrich.api.schemas.contacts import (
    ContactData,
    ContactPage,
    FieldChangeData,
    HistoryPage,
)
from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Enrichment
from roleferry_enrich.domain.flat_answer import flat_answer
from roleferry_enrich.domain.records import ContactKind, ContactPoint, FieldValue
from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact

_WANTED_FOR = {
    ContactKind.EMAIL: frozenset({"business_email", "personal_email"}),
    ContactKind.PHONE: frozenset({"phone"}),
    ContactKind.PROFILE: frozenset({"linkedin_url"}),
}
_STORED_FIELDS = tuple(
    name
    for name in ContactData.__annotations__
    if name
    not in {
        "id",
        "company_id",
        "withheld",
        "contact_points",
        "confidence",
        "provenance",
        "created_at",
        "updated_at",
    }
)


def contact_answer(enrichment: Enrichment) -> EnrichAnswer:
    fields = _shown(enrichment)
    answer = {
        **evidence.flat(fields, PERSON_FIELDS),
        "provenance": evidence.provenance(fields),
        "contact_points": evidence.contact_points(_wanted_points(enrichment)),
        "meta": evidence.meta(enrichment),
    }
    return cast("EnrichAnswer", answer)


def contact_data(contact: StoredContact) -> ContactData:
    data = {
        "id": contact.id,
        "company_id": contact.company_id,
        **evidence.flat(contact.fields, _STORED_FIELDS),
        "withheld": list(contact.withheld),
        "contact_points": evidence.contact_points(contact.contact_points),
        "confidence": contact.confidence.value,
        "provenance": evidence.provenance(contact.fields),
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }
    return cast("ContactData", data)


def contact_page(page: Page[StoredContact]) -> ContactPage:
    return {"items": [contact_data(contact) for contact in page.items], "next": page.next}


def history_page(page: Page[FieldChange]) -> HistoryPage:
    return {"items": [_change(change) for change in page.items], "next": page.next}


def _shown(enrichment: Enrichment) -> Mapping[str, FieldValue]:
    """The fields asked for and sure enough, in the order of the answer."""
    request = enrichment.request
    known = flat_answer(request.keys, enrichment.person, enrichment.company)
    asked = {
        name: known[name] for name in PERSON_FIELDS if name in request.wanted and name in known
    }
    return evidence.sure_enough(asked, request.options.min_confidence)


def _wanted_points(enrichment: Enrichment) -> list[ContactPoint]:
    request = enrichment.request
    points = enrichment.person.contact_points if enrichment.person else ()
    return [
        point
        for point in points
        if _WANTED_FOR[point.kind] & request.wanted
        and point.confidence >= request.options.min_confidence
    ]


def _change(change: FieldChange) -> FieldChangeData:
    return {
        "field": change.field,
        "old": None if change.old is None else evidence.plain(change.old),
        "new": None if change.new is None else evidence.plain(change.new),
        "changed_at": change.changed_at,
        "enrichment_id": change.enrichment_id,
    }
