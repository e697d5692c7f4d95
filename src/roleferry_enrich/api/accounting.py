"""What is told of every answer to an account: how much of its quota is left."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.accounts.quotas import QuotaLeft
from roleferry_enrich.api.refusals import QUOTA_USED_UP

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

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                left: QuotaLeft | None = state.get("quota")
                if left is not None:
                    message = {**message, "headers": [*message.get("headers", ()), *_raw(left)]}
            await send(message)

        await self._app(scope, receive, told)


def _raw(left: QuotaLeft) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), text.encode()) for name, text in left.headers().items()]
