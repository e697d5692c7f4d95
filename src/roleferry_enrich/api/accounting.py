"""Tells the account what is left of its quota, and the audit log what was asked."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from starlette.types import Scope

from roleferry_enrich.accounts.quotas import QuotaLeft
from roleferry_enrich.api.deeds import deed_of
from roleferry_enrich.api.refusals import QUOTA_USED_UP
from roleferry_enrich.api.safe_headers import Headers
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.api.services import Services

_EXAMPLE = QUOTA_USED_UP.headers()
QUOTA_HEADERS: Mapping[str, Any] = MappingProxyType(
    {
        "RateLimit-Policy": {
            "description": "The account's quota: each window with its requests and its seconds.",
            "schema": {"type": "string"},
            "example": _EXAMPLE["RateLimit-Policy"],
        },
        "RateLimit": {
            "description": "What is left of each window, and the seconds until there is more.",
            "schema": {"type": "string"},
            "example": _EXAMPLE["RateLimit"],
        },
    }
)
"""For the OpenAPI document, an open format; absent where the account's key is not known."""


def quota_told(state: Mapping[str, Any]) -> Headers:
    """As the quota stands since the caller became known, where it was counted (`callers.py`)."""
    left: QuotaLeft | None = state.get("quota")
    return [] if left is None else _raw(Same(left))


def note(scope: Scope, status: int) -> None:
    """For the audit log, whatever came of it; what changed the account is in there already."""
    if "in_log" in scope["state"]:
        return
    deed = deed_of(scope)
    if deed is not None:
        services = cast("Services", scope["app"].state.services)
        services.audit.note(deed, status)


@lru_cache(maxsize=64)
def _raw(left: Same[QuotaLeft]) -> Headers:
    """Those who were let in together are told the same."""
    return [(name.lower().encode(), text.encode()) for name, text in left.it.headers().items()]
