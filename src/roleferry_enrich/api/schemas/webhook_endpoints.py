"""The bodies and answers of `/webhook-endpoints`."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Body, Text, one_of
from roleferry_enrich.domain.webhook_events import SUBSCRIBABLE

_NAMES = tuple(kind.value for kind in SUBSCRIBABLE)
_LONGEST_OVERLAP_S = 7 * 86_400

EventName = Annotated[str, one_of(_NAMES), WithJsonSchema({"type": "string", "enum": list(_NAMES)})]
_EventNames = Annotated[list[EventName], Field(min_length=1, max_length=20)]
_DescriptionText = Annotated[str, Text(200)]
_B = "[A-Za-z0-9+/]"
# Base64 of 24 to 64 bytes.
_BASE64 = f"({_B}{{4}}){{8,20}}({_B}{{4}}|{_B}{{3}}=|{_B}{{2}}==|{_B}{{6}}==)?"
_URL_FORM = {"pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\x00-\x1f\x7f-\x9f]+$"}
# A blank one is an absent one.
_SECRET_FORM = {"pattern": f"^(whsec_{_BASE64})?$"}
_SecretText = Annotated[
    str, Text(94), WithJsonSchema({"type": "string", "maxLength": 94, **_SECRET_FORM})
]


class EndpointBody(Body):
    """Where to send events, and which."""

    is_secret: ClassVar[bool] = True

    url: Annotated[str, Text(2048), Field(json_schema_extra=_URL_FORM)]
    """`https`, of a public host, on port 443, without credentials. International names in their
    `xn--` form."""
    events: _EventNames
    description: _DescriptionText | None = None
    secret: _SecretText | None = None
    """One of your own: `whsec_` and 24 to 64 random bytes in base64. Made, where absent."""


class EndpointChangeBody(Body):
    """What is to become different; what is absent stays as it is."""

    events: _EventNames | None = None
    description: _DescriptionText | None = None
    enabled: bool | None = None
    """While an endpoint is disabled nothing new is noted for it; what waits is sent when it is
    enabled again."""


class RotationBody(Body):
    """How to replace the secret."""

    is_secret: ClassVar[bool] = True

    secret: _SecretText | None = None
    """One of your own; made, where absent."""
    overlap_s: Annotated[int, Field(ge=0, le=_LONGEST_OVERLAP_S)] = 86_400
    """For so many seconds messages are signed with both; `0` where the old one has leaked."""


@with_config(DOCUMENTED)
class EndpointData(TypedDict):
    """A webhook endpoint."""

    id: UUID
    url: str
    description: str | None
    events: list[EventName]
    enabled: bool
    disabled_at: datetime | None
    disabled_by: Literal["request", "gone", "failing"] | None
    """`gone`: it answered 410. `failing`: it answered nothing but failures for five days."""
    failing_since: datetime | None
    """The first failure since the last success."""
    old_secret_until: datetime | None
    """Until when messages are signed with the secret before this one too."""
    created_at: datetime


@with_config(DOCUMENTED)
class EndpointWithSecret(EndpointData):
    """A webhook endpoint with its secret, which is not shown again."""

    secret: str
    """`whsec_...`: give it to the receiver, to verify what comes."""


@with_config(DOCUMENTED)
class EndpointList(TypedDict):
    """All of the account's endpoints, the oldest first."""

    items: list[EndpointData]


@with_config(DOCUMENTED)
class AttemptData(TypedDict):
    """One time a message was sent. The answer's body is not kept."""

    number: int
    sent_at: datetime
    duration_ms: int
    status: int | None
    """The HTTP status; null where there was no answer."""
    failure: (
        Literal[
            "status",
            "timed_out",
            "no_connection",
            "connection_lost",
            "tls",
            "address_refused",
            "secret_unreadable",
        ]
        | None
    )
    """Why it does not count as received; null where it does. `secret_unreadable`: the service's
    key was changed, so rotate the endpoint's secret."""


@with_config(DOCUMENTED)
class DeliveryData(TypedDict):
    """One event on its way to an endpoint."""

    id: UUID
    message_id: str
    """The `webhook-id` it is sent with, the same in each attempt."""
    event: str
    state: Literal["waiting", "delivered", "failed"]
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[AttemptData]


@with_config(DOCUMENTED)
class DeliveryPage(TypedDict):
    """Some of an endpoint's deliveries of the last 30 days, the newest first."""

    items: list[DeliveryData]
    next: str | None
    """Give this as `after` to read on; null at the end."""
