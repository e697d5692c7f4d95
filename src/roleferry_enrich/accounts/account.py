"""Who asks: the account behind an API key, as the rest of the product sees it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from roleferry_enrich.accounts.keys import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: UUID
    name: str
    scopes: frozenset[str]
    """What the key in use may do."""
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWish:
    """A key that somebody wants."""

    name: str
    scopes: frozenset[str]
    expires_in_days: int | None = None
    """Absent: when it is revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """What is known of an API key after it has been shown once."""

    id: str
    name: str
    mode: Mode
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None

    @property
    def prefix(self) -> str:
        """How the key begins, by which its owner knows it again; the secret comes after."""
        return f"rfe_{self.mode}_{self.id}"
