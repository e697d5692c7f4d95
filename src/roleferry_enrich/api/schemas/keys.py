"""The bodies and answers of `/account` and `/keys`."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Body, RequiredText, one_of
from roleferry_enrich.domain.scopes import ISSUABLE, Scope

_GIVEN = tuple(scope.value for scope in ISSUABLE)
_LONGEST_OVERLAP_S = 30 * 86_400

GivenScope = Annotated[str, one_of(_GIVEN), WithJsonSchema({"type": "string", "enum": _GIVEN})]
ScopeName = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [scope.value for scope in Scope]})
]
_Days = Annotated[int, Field(ge=1, le=3_650)]


class KeyBody(Body):
    """The key that is wanted."""

    name: RequiredText
    """What it is for."""
    scopes: Annotated[list[GivenScope], Field(min_length=1, max_length=len(_GIVEN))]
    """What it may do: none that the key in use has not."""
    expires_in_days: _Days | None = None
    """Absent: it works until it is revoked."""


class KeyRotationBody(Body):
    """How to replace the key."""

    overlap_s: Annotated[int, Field(ge=0, le=_LONGEST_OVERLAP_S)] = 86_400
    """For so many seconds both work; `0` where the old one has leaked."""
    expires_in_days: _Days | None = None
    """Absent: the new one is to work as long as the old one was."""


@with_config(DOCUMENTED)
class KeyInUse(TypedDict):
    """The key of this very request."""

    id: str
    scopes: list[ScopeName]


@with_config(DOCUMENTED)
class AccountData(TypedDict):
    """An account, as the key in use stands for it."""

    id: UUID
    name: str
    key: KeyInUse


@with_config(DOCUMENTED)
class KeyData(TypedDict):
    """An API key."""

    id: str
    prefix: str
    """How the key begins; what comes after is secret."""
    name: str
    mode: Literal["live", "test"]
    scopes: list[ScopeName]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None
    """The day it was used last."""


@with_config(DOCUMENTED)
class KeyWithSecret(KeyData):
    """An API key in full, which is not shown again."""

    key: str
    """Send it as `Authorization: Bearer <key>`."""


@with_config(DOCUMENTED)
class KeyList(TypedDict):
    """The account's keys: the live ones first, then the last that have ended; 200 at most."""

    items: list[KeyData]
