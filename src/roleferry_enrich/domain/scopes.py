"""What an API key may be allowed to do. The list is closed: a key with another word is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    ENRICH = "enrich"
    READ = "read"
    PERSONAL = "personal"
    WEBHOOKS = "webhooks"
    PRIVACY = "privacy"
    KEYS = "keys"
    ADMIN = "admin"
    OPERATOR = "operator"


MEANINGS: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.ENRICH: "ask for people, companies and addresses, which may cost money",
        Scope.READ: "read what was asked and what is stored",
        Scope.PERSONAL: "see personal e-mail addresses and personal phone numbers",
        Scope.WEBHOOKS: "say where events are sent",
        Scope.PRIVACY: "suppress and erase people, and export what is known of them",
        Scope.KEYS: "make, replace and revoke the account's keys",
        Scope.ADMIN: "change the account's own limits and look into its log",
        Scope.OPERATOR: "act for any account, which `X-Account-ID` names",
    }
)

ISSUABLE = tuple(scope for scope in Scope if scope is not Scope.OPERATOR)
"""What a key may be given by the API. An operator's key is made on the command line alone."""

USUAL = frozenset({Scope.ENRICH, Scope.READ, Scope.WEBHOOKS})
"""Of a key that was made without a word about scopes."""
