"""Examples of accounts and keys for the documentation, rendered as real answers are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.accounts.account import Account, IssuedKey
from roleferry_enrich.accounts.keys import Key, Mode
from roleferry_enrich.api.answers.keys import account_data, key_list, key_with_secret
from roleferry_enrich.domain.scopes import Scope

KEY_ID = "7Fq2mXw9LkR4tYb6Zc1VnD8s"
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "createKey": {
        "for_reading": {"name": "CRM import", "scopes": ["read"], "expires_in_days": 365}
    },
    "rotateKey": {"in_a_day": {}, "leaked": {"overlap_s": 0}},
}


def answers() -> Mapping[str, Mapping[str, object]]:
    with_secret = key_with_secret(_key(), Key(Mode.LIVE, KEY_ID, "0" * 43).token())
    return {
        "getAccount": {"known": account_data(_account())},
        "listKeys": {"one": key_list([_key()])},
        "createKey": {"made": with_secret},
        "rotateKey": {"replaced": with_secret},
    }


def _account() -> Account:
    return Account(
        id=UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071"),
        name="Quillmere",
        scopes=frozenset({Scope.READ}),
        key_id=KEY_ID,
    )


def _key() -> IssuedKey:
    return IssuedKey(
        id=KEY_ID,
        name="CRM import",
        mode=Mode.LIVE,
        scopes=frozenset({Scope.READ}),
        created_at=_NOW,
        expires_at=_NOW + timedelta(days=365),
        revoked_at=None,
        last_used_on=None,
    )
