"""What receivers of webhooks can be told, all of it in one table.

Payloads are thin: ids, counts and words from closed sets. Whoever wants to know more asks for it
with a key, so that a receiver that was set up wrongly learns nothing about anybody.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID, uuid5

from roleferry_enrich.domain.values import dataclass

Plain = str | int | bool | None
Data = Mapping[str, Plain]


class EventType(StrEnum):
    ENRICHMENT_ANSWERED = "enrichment.answered"
    ENRICHMENT_COMPLETED = "enrichment.completed"
    BATCH_PROGRESS = "batch.progress"
    BATCH_COMPLETED = "batch.completed"
    USAGE_THRESHOLD = "usage.threshold"
    PROVIDER_QUARANTINED = "provider.quarantined"
    CONTACT_ERASED = "contact.erased"
    ENDPOINT_DISABLED = "endpoint.disabled"
    ENDPOINT_TEST = "endpoint.test"


@dataclass(frozen=True, slots=True)
class EventKind:
    """What one type of event tells."""

    description: str
    example: Data
    """Its `data`; every event of the type has exactly these members."""
    may_be_null: frozenset[str] = frozenset()


_ENRICHMENT: Data = MappingProxyType(
    {
        "enrichment_id": "0f8a4c2e-93b7-4d15-a6e8-1b7c5d3f9e20",
        "goal": "person",
        "status": "complete",
        "contact_id": "7d3c1f6e-4a52-4f0c-9a4e-0d6b1f2c3a48",
        "company_id": "2b9e8a10-6d1f-4b7e-8c35-5e0f7a9d1c62",
        "executives": 0,
    }
)
_OF_STORED = frozenset({"contact_id", "company_id"})
_JOB = "9c1d7e52-0a4b-4f38-8e6d-3b2f5a7c1e90"

EVENTS: Mapping[EventType, EventKind] = MappingProxyType(
    {
        EventType.ENRICHMENT_ANSWERED: EventKind(
            "An enrichment was answered, with what was known by its deadline. One for each "
            "answer that was not given before: subscribe only if you want them all.",
            MappingProxyType({**_ENRICHMENT, "status": "partial"}),
            _OF_STORED,
        ),
        EventType.ENRICHMENT_COMPLETED: EventKind(
            "What was still under way when an enrichment was answered has ended: "
            "`GET /enrichments/{enrichment_id}` shows the fuller record. `status` is `partial` "
            "where a provider failed for good.",
            _ENRICHMENT,
            _OF_STORED,
        ),
        EventType.BATCH_PROGRESS: EventKind(
            "Another part of a batch job is done.",
            MappingProxyType({"job_id": _JOB, "items": 10_000, "ended": 2_500}),
        ),
        EventType.BATCH_COMPLETED: EventKind(
            "Every item of a batch job has come to its end.",
            MappingProxyType(
                {
                    "job_id": _JOB,
                    "items": 10_000,
                    "done": 9_120,
                    "not_found": 803,
                    "failed": 61,
                    "dead": 2,
                    "cancelled": 0,
                    "suppressed": 14,
                }
            ),
        ),
        EventType.USAGE_THRESHOLD: EventKind(
            "The account has used so many hundredths of a quota or of its cap on spending.",
            MappingProxyType({"limit": "credits", "percent": 80}),
        ),
        EventType.PROVIDER_QUARANTINED: EventKind(
            "A provider refused the key or its quota is spent; it is left alone for a while. "
            "`reason` is `unauthorised` or `quota_spent`.",
            MappingProxyType({"provider": "hunter", "reason": "unauthorised"}),
        ),
        EventType.CONTACT_ERASED: EventKind(
            "A person was erased, and with them this contact: erase what you have of it.",
            MappingProxyType({"contact_id": "7d3c1f6e-4a52-4f0c-9a4e-0d6b1f2c3a48"}),
        ),
        EventType.ENDPOINT_DISABLED: EventKind(
            "Another of the account's endpoints gets nothing any more: it answered 410 (`gone`), "
            "or only failures for five days (`failing`).",
            MappingProxyType(
                {"endpoint_id": "b7a2c9d4-1e3f-4a5b-8c6d-7e9f0a1b2c3d", "reason": "failing"}
            ),
        ),
        EventType.ENDPOINT_TEST: EventKind(
            "Somebody asked to have this endpoint tested. Sent whatever it is subscribed to.",
            MappingProxyType({"endpoint_id": "b7a2c9d4-1e3f-4a5b-8c6d-7e9f0a1b2c3d"}),
        ),
    }
)

SUBSCRIBABLE = tuple(kind for kind in EventType if kind is not EventType.ENDPOINT_TEST)

_NAMESPACE = UUID("3f6f0d0e-5f6c-5b0a-9d51-8a1f7c2b4e60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened once."""

    type: EventType
    key: str
    """Tells it from all others of its type: announced again, it is the same event."""
    occurred_at: datetime
    data: Data

    def __post_init__(self) -> None:
        """Raises ValueError for members other than the table's: nothing slips into a payload."""
        if self.data.keys() != EVENTS[self.type].example.keys():
            raise ValueError(f"{self.type} has other members")

    @property
    def id(self) -> UUID:
        """Receivers know it again by this."""
        return uuid5(_NAMESPACE, f"{self.type}:{self.key}")
