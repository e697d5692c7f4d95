"""The far side of `KeyDesk`, in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from roleferry_enrich.accounts.account import Account, IssuedKey, KeyWish
from roleferry_enrich.accounts.desk import require_no_more
from roleferry_enrich.accounts.keys import Mode
from roleferry_enrich.errors import NotFound

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOKEN = "rfe_live_of_a_test"
KEY_ID = "7Fq2mXw9LkR4tYb6Zc1VnD8s"


@dataclass
class FakeKeys:
    owned: dict[tuple[UUID, str], IssuedKey] = field(default_factory=dict)
    wishes: list[tuple[Account, KeyWish]] = field(default_factory=list)
    rotations: list[tuple[str, timedelta, int | None]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)

    async def all(self, account_id: UUID) -> list[IssuedKey]:
        return [key for (owner, _), key in self.owned.items() if owner == account_id]

    async def create(
        self, maker: Account, wish: KeyWish, *, alongside: Any = None
    ) -> tuple[IssuedKey, str]:
        require_no_more(maker, wish.scopes)
        self.wishes.append((maker, wish))
        self.owned[maker.id, KEY_ID] = key = issued(KEY_ID, wish)
        if alongside is not None:
            await alongside(None, (key, TOKEN))
        return key, TOKEN

    async def rotate(
        self,
        maker: Account,
        key_id: str,
        *,
        overlap: timedelta,
        expires_in_days: int | None,
        alongside: Any = None,
    ) -> tuple[IssuedKey, str]:
        key = self._of(maker.id, key_id)
        require_no_more(maker, key.scopes)
        self.rotations.append((key_id, overlap, expires_in_days))
        if alongside is not None:
            await alongside(None, (key, TOKEN))
        return key, TOKEN

    async def revoke(self, account_id: UUID, key_id: str, *, alongside: Any = None) -> None:
        self._of(account_id, key_id)
        self.revoked.append(key_id)
        if alongside is not None:
            await alongside(None, None)

    def _of(self, account_id: UUID, key_id: str) -> IssuedKey:
        if (account_id, key_id) not in self.owned:
            raise NotFound("there is no such key")
        return self.owned[account_id, key_id]


def issued(key_id: str, wish: KeyWish) -> IssuedKey:
    return IssuedKey(
        id=key_id,
        name=wish.name,
        mode=Mode.LIVE,
        scopes=wish.scopes,
        created_at=NOW,
        expires_at=None,
        revoked_at=None,
        last_used_on=None,
    )
