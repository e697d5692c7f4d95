"""What of each row is shown to the person it was found for: their own part, and no one else's."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from roleferry_enrich.privacy.ways import Found
from roleferry_enrich.storage.book_rows import reply_body
from roleferry_enrich.storage.golden import AnyRow

# Any: JSON, as it is sent.
Json = dict[str, Any]
Show = Callable[[Found, AnyRow], Json]


def _whole(*columns: str) -> Show:
    return lambda _, row: {name: getattr(row, name) for name in columns}


def _observation(found: Found, row: AnyRow) -> Json:
    said = found.scrubber.claim(row.kind, row.claim)
    shown = _whole("provider", "capability", "observed_at", "enrichment_id", "kind")(found, row)
    if said is None or row.person_id in found.people:
        return {**shown, "claim": row.claim}
    return {**shown, "claim": _taken(row.claim, said)}


def _enrichment(found: Found, row: AnyRow) -> Json:
    shown = _whole("id", "goal", "status", "started_at", "answered_at")(found, row)
    left = found.scrubber.enrichment(row.result)
    if row.person_id in found.people or left is None:
        return {**shown, "asked_by": row.request["keys"], "person": row.result["person"]}
    taken = [it for it in row.result["executives"] if it not in left["executives"]]
    return {**shown, "listed_as": [_less(each, "of") for each in taken]}


def _fields(found: Found, row: AnyRow) -> Json:
    document = row.fields
    left = found.scrubber.fields_document(document, of_company="full_name" not in row._fields)
    inner = ("fields",) if "form" in document else ()
    before, after = (document["fields"], left["fields"]) if inner else (document, left)
    return {"id": row.id, "fields": _taken(before, after)}


def _person(found: Found, row: AnyRow) -> Json:
    if row.id not in found.people:
        return _fields(found, row)
    columns = ("id", "company_id", "full_name", "fields", "providers", "created_at", "updated_at")
    return _whole(*columns)(found, row)


def _item(found: Found, row: AnyRow) -> Json:
    left = found.scrubber.request(row.request)
    shown = _whole("job_id", "number", "reference", "state", "settled_at")(found, row)
    return {**shown, "asked_by": row.request["keys"]} if left is None else shown


def _event(found: Found, row: AnyRow) -> Json:
    shown = _whole("provider", "event_id", "kind", "occurred_at", "received_at")(found, row)
    try:
        return {**shown, "body": found.open_event(row.provider, row.event_id, row.body)}
    except ValueError:
        return shown


def _intent(found: Found, row: AnyRow) -> Json:
    shown = _whole("provider", "capability", "noted_at", "expires_at")(found, row)
    return {**shown, "reply": reply_body(bytes(row.reply)).decode(errors="replace")}


def _less(document: Json, name: str) -> Json:
    return {each: value for each, value in document.items() if each != name}


def _taken(before: Json, after: Json) -> Json:
    return {name: value for name, value in before.items() if after.get(name) != value}


SHOWN: Mapping[str, Show] = MappingProxyType(
    {
        "observations": _observation,
        "enrichments": _enrichment,
        "field_history": _whole("subject_id", "field", "old", "new", "changed_at"),
        "contact_points": _whole(
            *("person_id", "kind", "value", "label", "confidence", "deliverability", "sources"),
            *("first_collected_at", "updated_at"),
        ),
        "identities": _whole("kind"),
        "opt_outs": _whole("kind", "noted_at"),
        "people": _person,
        "companies": _fields,
        "job_items": _item,
        "mailbox_reports": _whole("address", "provider", "deliverability", "reason", "reported_at"),
        "webhook_deliveries": _whole("endpoint_id", "event", "state", "created_at"),
        "webhook_events": _event,
        "call_intents": _intent,
    }
)
