"""Who is asking: what a valid API key stands for, as every layer below HTTP sees it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: UUID
    name: str
    scopes: frozenset[str]
    key_id: str
    """Which of the account's keys was used; not the key."""
