"""Calls and their replies as the statements in `storage/sql` take and return them. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.errors import KeyMissing
from roleferry_enrich.gateway.books import (
    Entry,
    Gone,
    Intent,
    Kept,
    Lost,
    Noted,
    Unanswered,
    UnderWay,
)
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.storage.at_rest import Key
from roleferry_enrich.storage.bound_names import reply_name
from roleferry_enrich.storage.wire import Row

T = TypeVar("T")
Columns = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class LookAgain:
    """An equal call was noted after our statement began."""


@dataclass(frozen=True, slots=True)
class PayerUnknown:
    """There is no such account, or not any more."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A reply is kept that no key opens."""


@dataclass(frozen=True, slots=True)
class Struck:
    entry: Entry


@dataclass(frozen=True, slots=True)
class Settlement:
    intent: Intent
    record: CallRecord
    reply: Reply | None
    kept_for: timedelta


def intents(given: Sequence[Intent]) -> Columns:
    return _columns(given, lambda it: (*_of_intent(it), it.price, it.lasts))


def entries(given: Sequence[Entry]) -> Columns:
    return _columns(given, lambda it: (it.question, it.id, it.account_id))


def settlements(given: Sequence[Settlement], ring: Key) -> Columns:
    return _columns(given, lambda it: _of_settlement(it, ring))


def noted(
    intent: Intent, row: Row, ring: Key
) -> Noted | Kept | UnderWay | LookAgain | PayerUnknown | Unreadable:
    # Its own row stands in its way when the statement was sent again.
    if row["is_noted"] or row["id"] == intent.entry.id:
        return Noted()
    if not row["is_known"]:
        return PayerUnknown()
    return LookAgain() if row["question"] is None else _held(row, ring)


def followed(row: Row, ring: Key) -> Kept | UnderWay | Unanswered | Gone | Unreadable:
    if row["question"] is not None:
        return _held(row, ring)
    ended_well = {None, OutcomeKind.FOUND, OutcomeKind.LOST}
    return Unanswered() if row["cost"] and row["outcome"] not in ended_well else Gone()


def lost(row: Row) -> Lost:
    return Lost(row["provider"], row["capability"], MicroUsd(row["cost"]))


def _held(row: Row, ring: Key) -> Kept | UnderWay | Unreadable:
    entry = Entry(question=row["question"], id=row["id"], account_id=row["account_id"])
    if row["reply"] is None:
        return UnderWay(entry, row["remaining"])
    try:
        reply = _read(row["reply"], entry, ring)
    except KeyMissing:
        return Unreadable()
    return Unreadable() if reply is None else Kept(entry, reply, row["age"])


def _of_intent(intent: Intent) -> tuple[object, ...]:
    return (
        intent.entry.question,
        intent.entry.id,
        intent.payer.account_id,
        intent.payer.enrichment_id,
        intent.conversation,
        intent.provider,
        intent.capability,
        intent.attempt,
    )


def _of_settlement(given: Settlement, ring: Key) -> tuple[object, ...]:
    record = given.record
    return (
        *_of_intent(given.intent),
        record.status,
        record.outcome.value,
        record.cost,
        record.sent_at,
        record.latency,
        record.permit_wait,
        None if given.reply is None else _written(given.reply, given.intent.entry, ring),
        given.kept_for,
    )


def _columns(given: Sequence[T], row: Callable[[T], tuple[object, ...]]) -> Columns:
    return list(zip(*map(row, given), strict=True))


_Frame = tuple[int, bytes, dict[str, str], datetime]
_IN_CLEAR = b"\x94"
"""How a reply begins that was kept before they were sealed: an array of four."""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Frame)


def _written(reply: Reply, entry: Entry, ring: Key) -> bytes:
    plain = _encoder.encode((reply.status, reply.body, dict(reply.headers), reply.received_at))
    return ring.seal(reply_name(entry.question), plain)


def _read(frame: bytes, entry: Entry, ring: Key) -> Reply | None:
    """None for what was not sealed for this question."""
    plain = opened_reply(frame, entry.question, ring)
    if plain is None:
        return None
    status, body, headers, received_at = _decoder.decode(plain)
    return Reply(status=status, body=body, headers=headers, received_at=received_at)


def opened_reply(frame: bytes, question: bytes, ring: Key) -> bytes | None:
    """None for what was not sealed for this question. Raises KeyMissing."""
    return frame if frame.startswith(_IN_CLEAR) else ring.open(reply_name(question), frame)


def reply_body(plain: bytes) -> bytes:
    """What the provider said, of a reply that was opened."""
    body: bytes = _decoder.decode(plain)[1]
    return body
