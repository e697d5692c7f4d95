"""What is kept of people and companies beyond one request, and how lists of it are paged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from roleferry_enrich.domain.records import Confidence, ContactPoint, FieldValue, Value

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    items: tuple[Item, ...]
    next: str | None
    """What to pass as `after` for the page that follows; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCompany:
    id: UUID
    fields: Mapping[str, FieldValue]
    workforce: Mapping[str, float] = field(default_factory=dict)
    workforce_change: Mapping[str, float] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContact:
    id: UUID
    fields: Mapping[str, FieldValue]
    contact_points: tuple[ContactPoint, ...]
    confidence: Confidence
    """That this is one person."""
    company_id: UUID | None
    created_at: datetime
    updated_at: datetime
    withheld: tuple[str, ...] = ()
    """Fields that are known, and not shown to this asker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a person or a company that took another value."""

    field: str
    old: Value | None
    """None where the field was unknown before."""
    new: Value | None
    enrichment_id: UUID
    changed_at: datetime
