"""The keys that were good a moment ago, so that few requests look theirs up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from roleferry_enrich.accounts.account import Account

_KEPT_FOR_S = 4.0
"""A revoked key must stop within five seconds in every process."""
_IN_AN_OUTAGE_S = 120.0
"""While the database does not answer nobody can revoke a key either."""
_MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that was good when it was read."""

    account: Account
    expires_at: datetime | None
    read_at: float
    believed_until: float


class KnownKeys:
    """By a digest of the key's whole text (`keys.sealed`). One per process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[bytes, KnownKey] = {}

    def get(self, seal: bytes) -> KnownKey | None:
        """None where it must be looked up. A wrong secret is none that was ever seen."""
        known = self._known.get(seal)
        return None if known is None or self._clock() > known.believed_until else known

    def keep(
        self, seal: bytes, account: Account, expires_at: datetime | None, read_at: float
    ) -> KnownKey:
        known = KnownKey(account, expires_at, read_at, read_at + _KEPT_FOR_S)
        self._known.pop(seal, None)
        if len(self._known) >= _MOST_KEPT:
            del self._known[next(iter(self._known))]
        self._known[seal] = known
        return known

    def believed(self, seal: bytes) -> KnownKey | None:
        """Where it cannot be looked up: what was known of it, for a while longer."""
        known = self._known.get(seal)
        if known is None or self._clock() > known.read_at + _IN_AN_OUTAGE_S:
            return None
        known = self._known[seal] = replace(known, believed_until=self._clock() + _KEPT_FOR_S)
        return known

    def forget(self, key_id: str) -> None:
        """Few are known, and keys seldom end."""
        left = {seal: one for seal, one in self._known.items() if one.account.key_id != key_id}
        self._known = left
