"""How one person is taken out of every table there is, or why a table holds nobody.

A test holds this against the schema: a new table is not done before it says so here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.batches import ItemState
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.privacy.scrubbing import Scrubber
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.book_rows import reply_body
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.idempotency import forget_answers
from roleferry_enrich.storage.identities import Subject
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries
from roleferry_enrich.storage.searching import Edit, Fate, Place
from roleferry_enrich.storage.webhook_tables import mailbox_reports, webhook_events

_PERSON = Subject.PERSON.value


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of the person so far; grows as tables are gone through in their order."""

    scrubber: Scrubber
    open_event: Callable[[str, str, bytes], object]
    """Raises ValueError for a body that no key opens."""
    digests: frozenset[str] = frozenset()
    """By which the person is found where nothing else is kept of them."""
    others_senders: frozenset[str] = frozenset()
    """Senders of webhooks that report on another account's mail alone."""
    people: set[UUID] = field(default_factory=set)
    enrichments: set[UUID] = field(default_factory=set)

    @property
    def ids(self) -> frozenset[UUID]:
        return frozenset(self.people | self.enrichments)


@dataclass(frozen=True, slots=True)
class Searched:
    """It is gone through for the person."""

    place: Place
    edit: Callable[[Found, AnyRow], Edit]
    is_shared: bool = False
    """Whether what is found in it may have come from other accounts' asking."""


@dataclass(frozen=True, slots=True)
class Follows:
    """Its rows go with those of another table."""

    table: str


@dataclass(frozen=True, slots=True)
class HoldsNobody:
    why: str


Forget = Callable[[AsyncConnection, UUID | None, Sequence[UUID], Sequence[bytes]], Awaitable[int]]
"""Deletes what is about these enrichments and digests, of one account or of all; how much."""


@dataclass(frozen=True, slots=True)
class Digested:
    """It cannot be read, and knows by digests whom it is about."""

    forget: Forget


@dataclass(frozen=True, slots=True)
class Shredded:
    """The person's key: without it nothing opens that was overlooked, or lies in a backup."""


Way = Searched | Digested | Shredded | Follows | HoldsNobody


def _observation(found: Found, row: AnyRow) -> Edit:
    if row.person_id in found.people:
        return Fate.DELETED
    if row.claim is None:  # whose key is gone: nobody can read it
        return Fate.KEPT
    return _rewritten("claim", row.claim, found.scrubber.claim(row.kind, row.claim))


def _enrichment(found: Found, row: AnyRow) -> Edit:
    if row.result is None and row.person_id not in found.people:
        return Fate.KEPT
    result = row.result and found.scrubber.enrichment(row.result)
    if row.person_id in found.people or result is None:
        found.enrichments.add(row.id)
        return Fate.DELETED
    is_same = result == row.result
    return Fate.KEPT if is_same else {"result": result, "request": result["request"]}


def _history(found: Found, row: AnyRow) -> Edit:
    """A line of what a company once was is no loss where a namesake is meant."""
    scrubber, values = found.scrubber, [row.old, row.new]
    is_person = row.subject == _PERSON
    told = scrubber.names_value(values) if is_person else scrubber.mentions(values)
    return Fate.DELETED if row.subject_id in found.people or told else Fate.KEPT


def _point(found: Found, row: AnyRow) -> Edit:
    is_theirs = row.person_id in found.people or found.scrubber.names_value(row.value)
    return Fate.DELETED if is_theirs or row.value is None else Fate.KEPT


def _identity(found: Found, row: AnyRow) -> Edit:
    if row.subject == _PERSON and row.subject_id in found.people:
        return Fate.DELETED
    return _opt_out(found, row) if row.subject == _PERSON else Fate.KEPT


def _opt_out(found: Found, row: AnyRow) -> Edit:
    return Fate.DELETED if row.value in found.digests else Fate.KEPT


def _person(found: Found, row: AnyRow) -> Edit:
    if row.id in found.people:
        return Fate.DELETED
    if row.fields is None:  # an erasure that did not end had taken the key
        told = row.full_name and found.scrubber.mentions(row.full_name)
        return {"full_name": None, "words": ""} if told else Fate.KEPT
    left = found.scrubber.fields_document(row.fields, of_company=False)
    return _rewritten("fields", row.fields, left)


def _company(found: Found, row: AnyRow) -> Edit:
    left = found.scrubber.fields_document(row.fields, of_company=True)
    return _rewritten("fields", row.fields, left)


def _item(found: Found, row: AnyRow) -> Edit:
    """A job keeps its count of items; what one of them asked for is emptied."""
    request = found.scrubber.request(row.request)
    if request is None or row.enrichment_id in found.enrichments:
        return {
            "request": {**row.request, "keys": {}, "known_executives": []},
            "reference": None,
            "state": ItemState.SUPPRESSED.value,
            "reason": "erased",
            "lease_until": None,
            "settled_at": func.coalesce(job_items.c.settled_at, func.clock_timestamp()),
        }
    if row.reference and found.scrubber.names_value(row.reference):
        return {"reference": None, "request": request}
    return _rewritten("request", row.request, request)


def _report(found: Found, row: AnyRow) -> Edit:
    names = found.scrubber.names_value(row.address)
    return Fate.DELETED if names else Fate.KEPT


def _event(found: Found, row: AnyRow) -> Edit:
    if row.provider in found.others_senders:
        return Fate.KEPT
    try:
        body = found.open_event(row.provider, row.event_id, row.body)
    except ValueError:
        return Fate.DELETED  # nobody can use it any more, or say whom it names
    names = found.scrubber.mentions([body, row.subject, row.event_id])
    return Fate.DELETED if names else Fate.KEPT


def _intent(found: Found, row: AnyRow) -> Edit:
    """What was paid stays in `provider_calls`; without its reply the row would be a call."""
    body = None if row.reply is None else reply_body(bytes(row.reply))
    return Fate.DELETED if body and found.scrubber.mentions(_read(body)) else Fate.KEPT


def _delivery(found: Found, row: AnyRow) -> Edit:
    """Payloads have ids alone, which now say nothing; they go all the same but for one."""
    if row.event == EventType.CONTACT_ERASED:
        return Fate.KEPT
    body = bytes(row.body).decode(errors="replace")
    told = found.scrubber.mentions(body) or any(str(each) in body for each in found.ids)
    return Fate.DELETED if told else Fate.KEPT


# Any: JSON as whoever sent it.
def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


def _rewritten(column: str, before: object, after: object) -> Edit:
    if after is None:
        return Fate.DELETED
    return Fate.KEPT if after == before else {column: after}


_BOOKS = HoldsNobody("the books: who was paid how much, under ids that say nothing after")
_OWN = HoldsNobody("what an account says of itself")
_CREDITS = HoldsNobody("what an account was charged: ids, sums and the names of fields")

# In the order in which they are gone through: what is deleted first tells what else goes.
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "observations": Searched(
            Place(table=tables.observations, texts=("claim",), ids=("person_id",)), _observation
        ),
        "enrichments": Searched(
            Place(
                table=tables.enrichments,
                texts=("request", "result"),
                ids=("person_id", "company_id"),
            ),
            _enrichment,
        ),
        "field_history": Searched(
            Place(table=tables.field_history, texts=("old", "new"), ids=("subject_id",)), _history
        ),
        "contact_points": Searched(
            Place(table=tables.contact_points, texts=("value",), ids=("person_id",)), _point
        ),
        "identities": Searched(
            Place(table=tables.identities, ids=("subject_id",), digests=("value",)), _identity
        ),
        "opt_outs": Searched(Place(table=tables.opt_outs, digests=("value",)), _opt_out),
        "subject_keys": Shredded(),
        "people": Searched(
            Place(table=tables.people, texts=("full_name", "fields"), ids=("id",)), _person
        ),
        "companies": Searched(Place(table=tables.companies, texts=("fields",)), _company),
        "job_items": Searched(
            Place(table=job_items, texts=("request", "reference"), ids=("enrichment_id",)), _item
        ),
        "mailbox_reports": Searched(Place(table=mailbox_reports, texts=("address",)), _report),
        "webhook_deliveries": Searched(Place(table=webhook_deliveries), _delivery),
        "webhook_events": Searched(Place(table=webhook_events), _event, is_shared=True),
        "call_intents": Searched(Place(table=tables.call_intents), _intent, is_shared=True),
        "idempotent_requests": Digested(forget_answers),
        "completions": Follows("enrichments"),
        "notices": Follows("people"),
        "webhook_attempts": Follows("webhook_deliveries"),
        "conversations": _BOOKS,
        "provider_calls": _BOOKS,
        "accounts": _OWN,
        "api_keys": _OWN,
        "account_quotas": _OWN,
        "webhook_endpoints": _OWN,
        "account_plans": _OWN,
        "credit_balances": _CREDITS,
        "credit_ledger": _CREDITS,
        "credit_charges": _CREDITS,
        "spending": _CREDITS,
        "usage_alerts": _CREDITS,
        "enrichment_usage": _CREDITS,
        "audit_log": HoldsNobody("keyed digests, and ids that say nothing after"),
        "account_handling": _OWN,
        "jobs": HoldsNobody("faults name fields and rows, never what was in them"),
        "erasures": HoldsNobody("receipts; whom they were for is sealed, and gone in a minute"),
        "suppressions": HoldsNobody("keyed digests, kept so that nobody comes back"),
        "suppression_state": HoldsNobody("a counter"),
        "sweeps": HoldsNobody("when somebody looked after leases"),
    }
)
