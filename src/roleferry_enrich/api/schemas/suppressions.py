"""The bodies and answers of `/privacy/suppressions`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Text
from roleferry_enrich.api.schemas.subjects import SubjectBody

ReasonText = Annotated[str, Text(200)]


class SuppressionBody(SubjectBody):
    """Whom never to look up again, by all that is known of them: each in any spelling.

    A name counts together with an employer: domain, company name or company number.
    """

    reason: ReasonText = "objected"
    """Why, in words that name nobody: kept as they are."""


@with_config(DOCUMENTED)
class SuppressedIdentifier(TypedDict):
    """One identifier, which cannot be read from this."""

    kind: str
    """`email`, `phone`, `profile`, `name_domain`, `name_company`, `name_number`, or what a
    deletion list has hashed: `drop_email`, `drop_phone`."""
    digest: str
    """Under the installation's key; the same for every spelling."""


@with_config(DOCUMENTED)
class SuppressionData(TypedDict):
    """A suppression that holds."""

    id: UUID
    identifiers: list[SuppressedIdentifier]
    reason: str
    source: str
    """Where it came from: `api`, `command`, `erasure`, `drop`."""
    everywhere: bool
    added_at: datetime


@with_config(DOCUMENTED)
class SuppressionPage(TypedDict):
    """A page of suppressions, newest first."""

    items: list[SuppressionData]
    next: str | None
    """What to pass as `after` for the next page; null on the last."""
