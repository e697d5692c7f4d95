"""The bodies and answers of `/privacy/erasures`, `/privacy/access` and `/privacy/unnoticed`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Body, RequiredText
from roleferry_enrich.api.schemas.times import Moment


class NoticesBody(Body):
    """Who has been told that you have their data, and how."""

    contact_ids: Annotated[
        list[Annotated[UUID, Field(strict=False)]], Field(min_length=1, max_length=1_000)
    ]
    how: RequiredText
    """`mail`, `letter`, or why nobody had to be told."""
    told_at: Moment | None = None
    """Now, where absent."""


@with_config(DOCUMENTED)
class ErasureData(TypedDict):
    """The receipt of an erasure. It says that somebody was erased, and not who."""

    id: UUID
    everywhere: bool
    requested_at: datetime
    done_at: datetime | None
    """Null while it is under way."""
    counts: dict[str, int]
    """Rows by table that were deleted, or rid of the person."""


@with_config(DOCUMENTED)
class ErasurePage(TypedDict):
    """Some of the account's erasures, the newest first."""

    items: list[ErasureData]
    next: str | None
    """Give this as `after` to read on; null at the end."""


@with_config(DOCUMENTED)
class RecipientData(TypedDict):
    """Who has the data."""

    account_id: UUID
    account: str
    webhook_endpoints: list[str]
    """Addresses that were told of the contact."""


@with_config(DOCUMENTED)
class AccessData(TypedDict):
    """Everything that is known of one person, as a copy for them."""

    generated_at: datetime
    known_by: list[list[str]]
    """By what the person is recognised: kind and value."""
    recipients: list[RecipientData]
    sections: dict[str, list[dict[str, Any]]]
    """By kind of record: people, contact_points, observations, enrichments, ... Each entry with
    its sources and times, and `expires_at` where it is deleted by itself."""


@with_config(DOCUMENTED)
class UnnoticedData(TypedDict):
    """Somebody who has not been told yet that you have their data."""

    contact_id: UUID
    full_name: str | None
    email: str | None
    providers: list[str]
    """From whom their data came, which they are to be told."""
    first_seen_at: datetime
    tell_by: datetime
    """A month after."""


@with_config(DOCUMENTED)
class UnnoticedPage(TypedDict):
    """Some of the people who have not been told, those seen first before others."""

    items: list[UnnoticedData]
    next: str | None
    """Give this as `after` to read on; null at the end."""


@with_config(DOCUMENTED)
class MarkedData(TypedDict):
    """How many of them had not been marked yet."""

    marked: int
