"""Accounts and their keys as the API shows them."""

from collections.abc import Sequence

from roleferry_enrich.accounts.account import Account, IssuedKey
from roleferry_enrich.api.schemas.keys import AccountData, KeyData, KeyList, KeyWithSecret


def account_data(account: Account) -> AccountData:
    return {
        "id": account.id,
        "name": account.name,
        "key": {"id": account.key_id, "scopes": sorted(account.scopes)},
    }


def key_data(key: IssuedKey) -> KeyData:
    return {
        "id": key.id,
        "prefix": key.prefix,
        "name": key.name,
        "mode": key.mode.value,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_on": key.last_used_on,
    }


def key_with_secret(key: IssuedKey, token: str) -> KeyWithSecret:
    return {**key_data(key), "key": token}


def key_list(keys: Sequence[IssuedKey]) -> KeyList:
    return {"items": [key_data(key) for key in keys]}
