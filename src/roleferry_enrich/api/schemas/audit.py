"""The answer of `GET /account/audit`."""

from datetime import datetime
from uuid import UUID

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED


@with_config(DOCUMENTED)
class AuditEntryData(TypedDict):
    """Who did what."""

    id: UUID
    at: datetime
    key_id: str
    """Of the API key that was used."""
    operation: str
    """The `operationId` in this document."""
    resource: str | None
    """The id that the path named."""
    subjects: list[str]
    """Digests of whom was asked for: the same person, the same digest."""
    status: int
    """How it was answered."""


@with_config(DOCUMENTED)
class AuditPage(TypedDict):
    """Part of the log, the newest first."""

    items: list[AuditEntryData]
    next: str | None
    """Sent as `after`, it brings the next page; null on the last."""
