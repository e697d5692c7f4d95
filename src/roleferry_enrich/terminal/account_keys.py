"""The `keys` commands, over the installation's own database."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from roleferry_enrich.accounts.account import IssuedKey, KeyWish
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.terminal import tables
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import console

T = TypeVar("T")


def create_key(name: str, account: str | None, scopes: Collection[str], days: int | None) -> None:
    wish = KeyWish(name=name, scopes=frozenset(scopes), expires_in_days=days)

    async def work(accounts: AccountRepository) -> tuple[UUID, str]:
        owner = account_id_of(account) if account else await accounts.create_account(name)
        _, token = await accounts.issue_key(owner, wish)
        return owner, token

    owner, token = _run(work)
    _show(f"Account {owner}\nKey     {token}")


def rotate_key(account: str, key_id: str, overlap_hours: float, days: int | None) -> None:
    async def work(accounts: AccountRepository) -> str:
        overlap = timedelta(hours=overlap_hours)
        _, token = await accounts.rotate_key(
            account_id_of(account), key_id, overlap=overlap, expires_in_days=days
        )
        return token

    _show(f"Key     {_run(work)}")


def list_keys(account: str) -> None:
    keys = _run(lambda accounts: accounts.list_keys(account_id_of(account)))
    columns = ("id", "name", "may", "made", "expires", "revoked", "last used")
    console().print(tables.rows("Keys", columns, map(_line, keys)))


def _line(key: IssuedKey) -> tuple[object, ...]:
    scopes = " ".join(sorted(key.scopes))
    moments = (key.created_at, key.expires_at, key.revoked_at, key.last_used_on)
    return (key.id, key.name, scopes, *moments)


def _show(told: str) -> None:
    console().print(f"{told}\nIt cannot be shown again.", soft_wrap=True)


def revoke_key(account: str, key_id: str) -> None:
    _run(lambda accounts: accounts.revoke_key(account_id_of(account), key_id))
    console().print("The key is revoked.")


def _run(work: Callable[[AccountRepository], Awaitable[T]]) -> T:
    settings = read_settings()
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            async with open_accounts(settings, servers) as accounts:
                return await work(accounts)

        return asyncio.run(run())


def account_id_of(account: str) -> UUID:
    try:
        return UUID(account)
    except ValueError:
        raise ConfigurationError(
            "an account's id looks like a UUID; `keys create` prints it"
        ) from None
