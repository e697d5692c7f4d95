"""Tells the account what is left of its quota, and the audit log what was asked."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.accounts.quotas import QuotaLeft
from roleferry_enrich.api.deeds import deed_of
from roleferry_enrich.api.refusals import QUOTA_USED_UP
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.api.services import Services

_UNANSWERED = 500
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


class Accounting:
    """ASGI middleware; the quota is counted where the caller becomes known (`callers.py`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"]

        status = _UNANSWERED

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                left: QuotaLeft | None = state.get("quota")
                if left is not None:
                    message = {
                        **message,
                        "headers": [*message.get("headers", ()), *_raw(Same(left))],
                    }
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            _note(scope, status)


def _note(scope: Scope, status: int) -> None:
    """Whatever came of it; what changed the account is in the log already."""
    if "in_log" in scope["state"]:
        return
    deed = deed_of(scope)
    if deed is not None:
        services = cast("Services", scope["app"].state.services)
        services.audit.note(deed, status)


@lru_cache(maxsize=64)
def _raw(left: Same[QuotaLeft]) -> list[tuple[bytes, bytes]]:
    """Those who were let in together are told the same."""
    return [(name.lower().encode(), text.encode()) for name, text in left.it.headers().items()]
