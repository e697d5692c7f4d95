"""What is kept of people and companies between requests, as the storage gives it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from roleferry_enrich.domain.records import Confidence, ContactPoint, FieldValue, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContact:
    """A golden person as last recorded."""

    id: UUID
    fields: Mapping[str, FieldValue]
    contact_points: tuple[ContactPoint, ...]
    company_id: UUID | None
    confidence: Confidence
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCompany:
    """A golden company as last recorded."""

    id: UUID
    fields: Mapping[str, FieldValue]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a contact took another value, and which enrichment brought it."""

    field: str
    old: Value | None
    new: Value | None
    changed_at: datetime
    enrichment_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of a long list, and where the rest begins."""

    items: tuple[T, ...]
    next: str | None
    """The cursor to go on from; None at the end."""
