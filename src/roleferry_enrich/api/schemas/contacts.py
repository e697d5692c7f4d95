"""What is stored of people, page by page."""

from datetime import datetime
from uuid import UUID

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import (
    DOCUMENTED,
    ContactPointData,
    FieldData,
    Provenance,
)


@with_config(DOCUMENTED)
class ContactData(TypedDict):
    """A stored contact. Null where unknown."""

    id: UUID
    company_id: UUID | None
    first_name: str | None
    middle_names: str | None
    last_name: str | None
    full_name: str | None
    title: str | None
    seniority: str | None
    department: str | None
    role: str | None
    """An office held in law: director, secretary, ..."""
    appointed_on: str | None
    """A day, as `YYYY-MM-DD`."""
    resigned_on: str | None
    """A day, as `YYYY-MM-DD`."""
    company_name: str | None
    company_domain: str | None
    company_number: str | None
    linkedin_url: str | None
    business_email: str | None
    personal_email: str | None
    phone: str | None
    location: str | None
    city: str | None
    state: str | None
    country: str | None
    zip_code: str | None
    withheld: list[str]
    """Fields that are known and shown only to keys with the scope `personal`."""
    contact_points: list[ContactPointData]
    confidence: float
    """That this is one person and the one described."""
    provenance: dict[str, Provenance]
    """Why each known field has its value, by field."""
    created_at: datetime
    updated_at: datetime


@with_config(DOCUMENTED)
class ContactPage(TypedDict):
    """Some of the contacts."""

    items: list[ContactData]
    next: str | None
    """Give this as `after` to read on; null at the end."""


@with_config(DOCUMENTED)
class FieldChangeData(TypedDict):
    """One field took another value."""

    field: str
    old: FieldData | None
    new: FieldData | None
    changed_at: datetime
    enrichment_id: UUID | None
    """The enrichment that brought the new value."""


@with_config(DOCUMENTED)
class HistoryPage(TypedDict):
    """Some of a contact's changes, the newest first."""

    items: list[FieldChangeData]
    next: str | None
    """Give this as `after` to read on; null at the end."""
