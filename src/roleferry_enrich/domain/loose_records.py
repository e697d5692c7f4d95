"""A record as it lies in somebody's file: whatever columns it has, typed by hand, often wrongly."""

from dataclasses import dataclass, fields
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseRecord:
    """What one row says of one person, as written. None and blank are unknown."""

    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    date_of_birth: str | None = None
    title: str | None = None
    company: str | None = None
    company_number: str | None = None
    domain: str | None = None
    address: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    linkedin_url: str | None = None
    identifier: str | None = None
    """A number that stands for the person wherever they occur: social security, membership."""


RECORD_FIELDS = tuple(field.name for field in fields(LooseRecord))
COMPARED_FIELDS = frozenset(RECORD_FIELDS) - {"title", "country"}
"""What can show that two records are of one person; the others only help to read these."""


class Decision(StrEnum):
    """What was decided of a row."""

    JOINED = "joined"
    ALONE = "alone"
    ABSTAINED = "abstained"
    """It may be of a group, but not surely enough; the groups are its alternatives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeCluster:
    """A cluster that a row was not put into."""

    cluster_id: int
    confidence: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """Whose record a row is."""

    cluster_id: int
    """Rows of one person have the same. Numbered from 1, by the first row of each cluster."""
    confidence: float
    """That the rows of the cluster are one person's, and of a row alone, that it is alone."""
    decision: Decision
    why: str
    alternatives: tuple[AlternativeCluster, ...] = ()
