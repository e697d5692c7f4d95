"""A key that a command keeps for itself in the data directory, so that it works at once."""

from pathlib import Path

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.errors import Unauthenticated
from roleferry_enrich.private_files import read_private, write_private

_SCOPES = frozenset(Scope) - {Scope.OPERATOR}
"""Whoever reads the data directory owns the database in it."""


async def kept_key(accounts: AccountRepository, path: Path, account: str) -> str:
    """The key in that file if it still works; else a new one, for a new account, kept there."""
    token = read_private(path)
    if token is not None and await _works(accounts, token):
        return token
    account_id = await accounts.create_account(account)
    token = await accounts.create_key(account_id, account, _SCOPES)
    write_private(path, token, replace=True)
    return token


async def _works(accounts: AccountRepository, token: str) -> bool:
    """Not if it was made for another database, or revoked."""
    try:
        await accounts.authenticate(token)
    except Unauthenticated:
        return False
    return True
