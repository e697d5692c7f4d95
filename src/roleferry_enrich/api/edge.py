"""The outermost layer: an id for each request, an entry in the log, safe headers, no bare errors.

What fails unexpectedly is logged by type and place only. A traceback's values and an error's
message may hold the data of the person asked for.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.acting import acting_for
from roleferry_enrich.api.accounting import note, quota_told
from roleferry_enrich.api.problems import UNEXPECTED, Refusal, refusal_of
from roleferry_enrich.api.safe_headers import STAMPED, Headers, safe_headers
from roleferry_enrich.errors import RequestRefused
from roleferry_enrich.observability.crashes import place_of

_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_UNANSWERED = 500
_log = structlog.get_logger(__name__)


class AnswerBroken(Exception):
    """An answer failed after it had begun; raised so that the server drops the connection."""


class Edge:
    """ASGI middleware; must be the outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["came_at"] = asyncio.get_running_loop().time()
        answer = _Answer(send, request_id, state, scope.get("scheme", "http"))
        # Not `bound_contextvars`, which looks all that is bound over, twice.
        before = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with acting_for(None):
                await self._answered(scope, receive, answer)
        finally:
            structlog.contextvars.reset_contextvars(**before)
            note(scope, answer.status)

    async def _answered(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except RequestRefused as refused:
            await answer.refuse(refusal_of(refused), scope, receive)
        # A root: beyond this is only the server, which would log the error with its values.
        except Exception as error:  # noqa: BLE001
            _log.error("api.request.failed", error=type(error).__name__, at=place_of(error))
            await answer.refuse(UNEXPECTED, scope, receive)


class _Answer:
    """The way out, which adds our headers and remembers whether anything was sent."""

    def __init__(self, send: Send, request_id: str, state: Mapping[str, Any], scheme: str) -> None:
        self._send = send
        self._request_id = request_id
        self._state = state
        self._scheme = scheme
        self._status: int | None = None

    @property
    def status(self) -> int:
        """500 where there was none: that is what the client makes of it."""
        return self._status or _UNANSWERED

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            stamps = safe_headers(self._request_id, scheme=self._scheme)
            stamped = _stamped(message.get("headers", ()), stamps)
            message = {**message, "headers": [*stamped, *quota_told(self._state)]}
        await self._send(message)

    async def refuse(self, refusal: Refusal, scope: Scope, receive: Receive) -> None:
        if self._status is not None:
            raise AnswerBroken from None
        await refusal.response(self._request_id)(scope, receive, self.send)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTED_ID.fullmatch(value):
            return str(value, "ascii")
    return token_hex(16)


def _stamped(headers: Iterable[tuple[bytes, bytes]], stamps: Headers) -> Headers:
    """Where an answer says one of them itself, as a page does its policy, it knows better."""
    own = list(headers)
    names = {name for name, _ in own}
    if names.isdisjoint(STAMPED):
        return own + stamps
    return [*own, *(stamp for stamp in stamps if stamp[0] not in names)]
