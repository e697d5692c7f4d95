"""What each sender's body says happened: one event or many, each with its id, turn and time.

Forms: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event,
https://documentation.mailgun.com/docs/mailgun/user-manual/events,
https://docs.stripe.com/api/events/object, https://developers.explorium.ai/reference/webhooks,
https://docs.apollo.io/reference/people-enrichment, https://developers.clay.com/public-api/webhooks
and the library of Clearbit. Whatever has no id of its own is known by its content.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.webhooks.documents import Document, moment, text

UNREADABLE = "unreadable"
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    document: object
    id: str | None = None
    kind: str = _UNKNOWN
    subject: str | None = None
    """What it is about, where the order of events about one thing matters."""
    at: float | None = None
    """Unix seconds, as the sender has it."""
    fault: str | None = None


Read = Callable[[Document], Iterator[Event]]


def events_of(sender: str, document: object, id_field: str) -> list[Event]:
    """`id_field`: the member that is the id, where the sender is the operator's own."""
    entries = document if sender == "sendgrid" and isinstance(document, list) else [document]
    return [event for entry in entries for event in _events(sender, entry, id_field)]


def _events(sender: str, entry: object, id_field: str) -> Iterator[Event]:
    if not isinstance(entry, dict):
        yield Event(document=entry, fault=UNREADABLE)
    elif sender == "generic":
        yield Event(
            document=entry,
            id=text(entry, *id_field.split(".")),
            kind=text(entry, "type") or text(entry, "event") or _UNKNOWN,
        )
    else:
        yield from _READERS[sender](entry)


def _of_sendgrid(entry: Document) -> Iterator[Event]:
    kind = text(entry, "event")
    message = text(entry, "sg_message_id")
    yield Event(
        document=entry,
        id=text(entry, "sg_event_id"),
        kind=kind or _UNKNOWN,
        # The servers that a message passed through are behind the first dot.
        subject=message.partition(".")[0] if message else None,
        at=moment(entry, "timestamp"),
        fault=None if kind else UNREADABLE,
    )


def _of_mailgun(entry: Document) -> Iterator[Event]:
    kind = text(entry, "event-data", "event")
    yield Event(
        document=entry.get("event-data"),
        id=text(entry, "event-data", "id"),
        kind=kind or _UNKNOWN,
        subject=text(entry, "event-data", "message", "headers", "message-id"),
        at=moment(entry, "event-data", "timestamp"),
        fault=None if kind else UNREADABLE,
    )


def _of_stripe(entry: Document) -> Iterator[Event]:
    kind = text(entry, "type")
    yield Event(
        document=entry,
        id=text(entry, "id"),
        kind=kind or _UNKNOWN,
        subject=_payment(entry),
        at=moment(entry, "created"),
        fault=None if kind else UNREADABLE,
    )


def _payment(entry: Document) -> str | None:
    """The payment an event belongs to: the sessions, charges and refunds of one share its id."""
    thing = ("data", "object")
    if text(entry, *thing, "object") == "payment_intent":
        return text(entry, *thing, "id")
    return text(entry, *thing, "payment_intent") or text(entry, *thing, "charge")


def _of_explorium(entry: Document) -> Iterator[Event]:
    yield Event(
        document=entry,
        id=text(entry, "event_id"),
        kind=text(entry, "event_name") or _UNKNOWN,
        subject=text(entry, "entity_id"),
    )


def _of_clearbit(entry: Document) -> Iterator[Event]:
    """Its `id` is whatever the one who asked had it be, and may be the same each time."""
    yield Event(document=entry, kind=text(entry, "type") or _UNKNOWN)


def _of_apollo(entry: Document) -> Iterator[Event]:
    """A result for each person: one request's may come one by one, and again."""
    request = text(entry, "request_id")
    result = entry.get("webhook_result")
    people = (result if isinstance(result, dict) else entry).get("people")
    rows = people if isinstance(people, list) else []
    ids = [text(each, "id") for each in rows if isinstance(each, dict)]
    named = "+".join(sorted(each for each in ids if each))
    yield Event(
        document=entry,
        id=f"{request}:{named}" if request and named else None,
        kind=text(entry, "request_type") or "result",
        subject=request,
    )


def _of_clay(entry: Document) -> Iterator[Event]:
    run = text(entry, "data", "routine_run_id")
    yield Event(document=entry, id=run, kind="routine_run" if run else "test", subject=run)


_READERS: Mapping[str, Read] = MappingProxyType(
    {
        "sendgrid": _of_sendgrid,
        "mailgun": _of_mailgun,
        "stripe": _of_stripe,
        "explorium": _of_explorium,
        "clearbit": _of_clearbit,
        "apollo": _of_apollo,
        "clay": _of_clay,
    }
)
