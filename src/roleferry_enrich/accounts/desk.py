"""What an account does with its own keys: `api.key_desk.KeyDesk`."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from roleferry_enrich.accounts.account import Account, IssuedKey, KeyWish
from roleferry_enrich.accounts.repository import AccountRepository, ShownKey
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.errors import MissingScope
from roleferry_enrich.storage.transactions import Alongside


class LocalKeyDesk:
    def __init__(self, accounts: AccountRepository) -> None:
        self._accounts = accounts

    async def all(self, account_id: UUID) -> Sequence[IssuedKey]:
        return await self._accounts.list_keys(account_id)

    async def create(
        self, maker: Account, wish: KeyWish, *, alongside: Alongside[ShownKey] | None = None
    ) -> ShownKey:
        require_no_more(maker, wish.scopes)
        return await self._accounts.issue_key(maker.id, wish, alongside)

    async def rotate(
        self,
        maker: Account,
        key_id: str,
        *,
        overlap: timedelta,
        expires_in_days: int | None,
        alongside: Alongside[ShownKey] | None = None,
    ) -> ShownKey:
        return await self._accounts.rotate_key(
            maker.id,
            key_id,
            overlap=overlap,
            expires_in_days=expires_in_days,
            # Whoever makes a key sees it, and so may do what it may do.
            may_replace=lambda old: require_no_more(maker, old.scopes),
            alongside=alongside,
        )

    async def revoke(
        self, account_id: UUID, key_id: str, *, alongside: Alongside[None] | None = None
    ) -> None:
        await self._accounts.revoke_key(account_id, key_id, alongside)


def require_no_more(maker: Account, scopes: Collection[str]) -> None:
    """Raises MissingScope where a key is to do what its maker may not, or is an operator's."""
    if Scope.OPERATOR in scopes:
        made_here = "a key with the scope `operator` is made on the command line"
        raise MissingScope(Scope.OPERATOR, made_here)
    for scope in sorted(set(scopes) - maker.scopes):
        raise MissingScope(scope, f"a key without the scope `{scope}` cannot give it to another")
