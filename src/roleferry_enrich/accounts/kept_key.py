"""A key that a command keeps for itself in the data directory, so that it works at once."""

import os
from pathlib import Path

from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.errors import Unauthenticated

_SCOPES = frozenset({"enrich", "read"})


async def kept_key(accounts: AccountRepository, path: Path, account: str) -> str:
    """The key in that file if it still works; else a new one, for a new account, kept there."""
    token = _read(path)
    if token is not None and await _works(accounts, token):
        return token
    account_id = await accounts.create_account(account)
    token = await accounts.create_key(account_id, account, _SCOPES)
    _keep(path, token)
    return token


async def _works(accounts: AccountRepository, token: str) -> bool:
    """Not if it was made for another database, or revoked."""
    try:
        await accounts.authenticate(token)
    except Unauthenticated:
        return False
    return True


def _read(path: Path) -> str | None:
    return path.read_text().strip() if path.exists() else None


def _keep(path: Path, token: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token)
