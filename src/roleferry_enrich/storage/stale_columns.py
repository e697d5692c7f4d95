"""Which columns hold what is sealed, what each is bound to, and which rows are to be sealed anew.

A row is stale where it lies in clear, from before there were keys, or was sealed by a key of the
ring that is not the current one. What a subject's key sealed is not: only that key is wrapped anew.
"""

import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Row, Table, and_, func, or_

from roleferry_enrich.storage.account_tables import idempotent_requests
from roleferry_enrich.storage.at_rest import AtRest, Key
from roleferry_enrich.storage.bound_names import (
    address_name,
    answer_name,
    erasure_name,
    event_name,
    reply_name,
    secret_name,
)
from roleferry_enrich.storage.contact_points import VALUE
from roleferry_enrich.storage.erasure_tables import erasures
from roleferry_enrich.storage.golden import FIELDS
from roleferry_enrich.storage.identities import Subject
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.outgoing_tables import webhook_endpoints
from roleferry_enrich.storage.people_keys import sealed_anew
from roleferry_enrich.storage.sealed import (
    CLAIM,
    HISTORY,
    ITEM,
    REFERENCE,
    SubjectKeys,
    opened_text,
    sealed_document,
    sealed_text,
)
from roleferry_enrich.storage.tables import (
    call_intents,
    contact_points,
    enrichments,
    field_history,
    observations,
    people,
)
from roleferry_enrich.storage.webhook_tables import mailbox_reports, webhook_events

# Any: rows of whatever table it is.
AnyRow = Row[*tuple[Any, ...]]
Stale = ColumnElement[bool]
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    table: Table
    columns: Sequence[str]
    stale: Callable[[AtRest], Stale]
    sealed: Callable[[AnyRow, SubjectKeys], Values]
    """The columns as they are to be."""
    subject: str | None = None
    """The column that tells whose key it is, null for the ring's."""


def places() -> Sequence[Place]:
    """People first: with them all get keys who have none."""
    return (
        Place(
            table=people,
            columns=("fields",),
            subject="id",
            stale=lambda _: _in_clear(people.c.fields),
            sealed=lambda row, keys: {"fields": _document(row.fields, FIELDS, keys, row.id)},
        ),
        *_OF_SUBJECTS,
        *_OF_THE_RING,
        Place(
            table=subject_keys,
            columns=("wrapped",),
            stale=lambda ring: _of_another_key(subject_keys.c.wrapped, ring),
            sealed=lambda row, keys: {
                "wrapped": keys.at_rest.rewrapped(row.account_id, row.subject_id, row.wrapped)
            },
        ),
    )


def _in_clear(column: Column[Any]) -> Stale:
    # Of a value that is no object, the operator would look at its text.
    return or_(func.jsonb_typeof(column) != "object", ~column.has_key("sealed"))


def _document_stale(column: Column[Any], ring: AtRest) -> Stale:
    other = func.left(column["sealed"].astext, len(_head(ring))) != _head(ring)
    return or_(_in_clear(column), and_(~column.has_key("of"), other))


def _text_stale(column: Column[Any], ring: AtRest) -> Stale:
    head = "sealed:" + _head(ring)
    return func.left(column, len(head)) != head


def _of_another_key(column: Column[Any], ring: AtRest) -> Stale:
    return func.substring(column, 1, len(ring.head)) != ring.head


def _head(ring: AtRest) -> str:
    """Of a frame in base64, as far as its letters depend on the key's name alone."""
    return binascii.b2a_base64(ring.head, newline=False).decode()[: len(ring.head) * 8 // 6]


def _key(keys: SubjectKeys, subject_id: UUID | None) -> Key:
    return keys.at_rest if subject_id is None else keys.of.get(subject_id, keys.at_rest)


# Any: JSON.
def _document(document: Any, name: str, keys: SubjectKeys, subject_id: UUID | None) -> object:
    """Nothing stays as it is: what is shredded has no key to be sealed anew with."""
    opened = keys.opened(name, document)
    return document if opened is None else sealed_document(_key(keys, subject_id), name, opened)


def _text(text: str | None, name: str, key: Key) -> str | None:
    opened = None if text is None else opened_text(key, name, text)
    return text if opened is None else sealed_text(key, name, opened)


def _frame(frame: bytes | None, name: str, ring: Key) -> bytes | None:
    plain = None if frame is None else ring.open(name, frame)
    return frame if plain is None else ring.seal(name, plain)


_OF_SUBJECTS = (
    Place(
        table=contact_points,
        columns=("value",),
        subject="person_id",
        stale=lambda _: ~contact_points.c.value.startswith("sealed:"),
        sealed=lambda row, keys: {"value": _text(row.value, VALUE, _key(keys, row.person_id))},
    ),
    Place(
        table=observations,
        columns=("claim",),
        subject="person_id",
        stale=lambda ring: and_(
            observations.c.kind != "company", _document_stale(observations.c.claim, ring)
        ),
        sealed=lambda row, keys: {"claim": _document(row.claim, CLAIM, keys, row.person_id)},
    ),
    Place(
        table=enrichments,
        columns=("request", "result"),
        subject="person_id",
        stale=lambda ring: _document_stale(enrichments.c.request, ring),
        sealed=lambda row, keys: sealed_anew(row.result, _key(keys, row.person_id), keys),
    ),
    Place(
        table=field_history,
        columns=("old", "new"),
        subject="subject_id",
        stale=lambda ring: and_(
            field_history.c.subject == Subject.PERSON,
            _document_stale(field_history.c.new, ring),
        ),
        sealed=lambda row, keys: {
            name: None if value is None else _document(value, HISTORY, keys, row.subject_id)
            for name, value in (("old", row.old), ("new", row.new))
        },
    ),
)
_OF_THE_RING = (
    Place(
        table=job_items,
        columns=("request", "reference"),
        stale=lambda ring: _document_stale(job_items.c.request, ring),
        sealed=lambda row, keys: {
            "request": _document(row.request, ITEM, keys, None),
            "reference": _text(row.reference, REFERENCE, keys.at_rest),
        },
    ),
    Place(
        table=mailbox_reports,
        columns=("address",),
        stale=lambda ring: _text_stale(mailbox_reports.c.address, ring),
        sealed=lambda row, keys: {
            "address": _text(row.address, address_name(row.mailbox), keys.at_rest)
        },
    ),
    Place(
        table=webhook_events,
        columns=("body",),
        stale=lambda ring: _of_another_key(webhook_events.c.body, ring),
        sealed=lambda row, keys: {
            "body": _frame(row.body, event_name(row.provider, row.event_id), keys.at_rest)
        },
    ),
    Place(
        table=webhook_endpoints,
        columns=("secret", "old_secret"),
        stale=lambda ring: _of_another_key(webhook_endpoints.c.secret, ring),
        sealed=lambda row, keys: {
            name: _frame(frame, secret_name(row.account_id, row.id), keys.at_rest)
            for name, frame in (("secret", row.secret), ("old_secret", row.old_secret))
        },
    ),
    Place(
        table=idempotent_requests,
        columns=("body",),
        stale=lambda ring: _of_another_key(idempotent_requests.c.body, ring),
        sealed=lambda row, keys: {
            "body": _frame(
                row.body, answer_name(row.account_id, row.operation, row.key), keys.at_rest
            )
        },
    ),
    Place(
        table=erasures,
        columns=("sought",),
        stale=lambda ring: _of_another_key(erasures.c.sought, ring),
        sealed=lambda row, keys: {"sought": _frame(row.sought, erasure_name(row.id), keys.at_rest)},
    ),
    Place(
        table=call_intents,
        columns=("reply",),
        # What is kept in clear ends within the hour.
        stale=lambda ring: and_(
            func.substring(call_intents.c.reply, 1, 1) == ring.head[:1],
            _of_another_key(call_intents.c.reply, ring),
        ),
        sealed=lambda row, keys: {
            "reply": _frame(row.reply, reply_name(row.question), keys.at_rest)
        },
    ),
)
