"""Where an account wants to be told of events, and what became of each message."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.domain.webhook_events import EventType


class DisabledBy(StrEnum):
    REQUEST = "request"
    """The account's own wish."""
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """It answered nothing but failures for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    id: UUID
    account_id: UUID
    url: str
    description: str | None
    events: tuple[EventType, ...]
    created_at: datetime
    disabled_at: datetime | None = None
    disabled_by: DisabledBy | None = None
    failing_since: datetime | None = None
    """The first failure since the last success; None where there is none."""
    old_secret_until: datetime | None = None
    """Until when messages are also signed with the secret before this one."""
    is_callback: bool = False
    """Its messages go to the URLs of jobs; nothing else is sent to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWish:
    """An endpoint that an account wants to have."""

    url: str
    events: tuple[EventType, ...]
    description: str | None = None
    secret: str | None = None
    """As text; None has one made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange:
    """What is to become different; None leaves it as it is."""

    events: tuple[EventType, ...] | None = None
    description: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What an account's callbacks of batch jobs are signed with, and under which log they are."""

    endpoint_id: UUID
    secret: str


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time a message was sent."""

    number: int
    sent_at: datetime
    duration: timedelta
    status: int | None
    """The HTTP status; None where there was no answer."""
    failure: str | None
    """Why it does not count as received, from a closed set; None where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event: EventType
    state: DeliveryState
    created_at: datetime
    due_at: datetime | None
    """When it is sent next; None where it is not."""
    attempts: tuple[Attempt, ...] = ()
