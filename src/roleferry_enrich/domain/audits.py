"""Who did what with whose data, as the audit log has it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from roleferry_enrich.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One operation of an account. Holds nothing by which a person could be read."""

    id: UUID
    account_id: UUID
    at: datetime
    key_id: str
    """Of the API key that was used."""
    operation: str
    """As the API's document names it: `enrichContact`."""
    resource: str | None
    """The id that was asked for by path, if it was one."""
    subjects: Sequence[bytes]
    """Digests of whom was asked for."""
    status: int
    """How it was answered, as HTTP has it."""
