"""What the routes of an account's keys need done for them.

Every method that names a key raises NotFound where the account has no such one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from roleferry_enrich.accounts.account import Account, IssuedKey, KeyWish
from roleferry_enrich.storage.transactions import Alongside


class KeyDesk(Protocol):
    async def all(self, account_id: UUID) -> Sequence[IssuedKey]:
        """The live keys, then those that have ended; 200 at most."""
        ...

    async def create(
        self,
        maker: Account,
        wish: KeyWish,
        *,
        alongside: Alongside[tuple[IssuedKey, str]] | None = None,
    ) -> tuple[IssuedKey, str]:
        """The key and its text. Raises MissingScope for more than the maker may do, Conflict."""
        ...

    async def rotate(
        self,
        maker: Account,
        key_id: str,
        *,
        overlap: timedelta,
        expires_in_days: int | None,
        alongside: Alongside[tuple[IssuedKey, str]] | None = None,
    ) -> tuple[IssuedKey, str]:
        """The new key and its text. Raises MissingScope likewise, Conflict for an ended one."""
        ...

    async def revoke(
        self, account_id: UUID, key_id: str, *, alongside: Alongside[None] | None = None
    ) -> None: ...
