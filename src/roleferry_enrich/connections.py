"""One connection of the HTTP server, with an end to its patience.

The server we build on closes a connection that is silent after an answer, and none else: one that
never asks, or sends its head a byte a minute, is kept for ever, and a head is kept however long it
grows. Each costs a descriptor, of which there are few. How long a body may take is known to
`api/limits.py`; here is all that comes before and after one.
"""

from asyncio import TimerHandle, Transport
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from roleferry_enrich.api.problems import Refusal, of_status, refusal_of
from roleferry_enrich.api.safe_headers import safe_headers
from roleferry_enrich.errors import HeadersTooLarge

_CLOSING = {"Connection": "close"}
_LATE = of_status(HTTPStatus.REQUEST_TIMEOUT, _CLOSING)
_TOO_LONG = replace(
    refusal_of(HeadersTooLarge("the header fields are too large")), headers=_CLOSING
)
_MALFORMED = of_status(HTTPStatus.BAD_REQUEST, _CLOSING)
_LINGER_S = 5
"""What was written when a connection is closed has this long to be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    head_s: float = 10
    """From the connection, or the first byte after an answer, to the end of a request's head."""
    stalled_s: float = 30
    """For how long a client may take nothing of its answer."""
    head_bytes: int = 64 * 1024
    """No smaller than what `api/limits.py` refuses, which does it in better words."""


class PatientConnection(HttpToolsProtocol):
    patience: ClassVar[Patience] = Patience()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._in_head = True
        self._head_bytes = 0
        self._head_timer: TimerHandle | None = None
        self._stalled_timer: TimerHandle | None = None
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            if self._head_bytes > self.patience.head_bytes:
                self._turn_away(_TOO_LONG)
                return
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_idle() and not self.transport.is_closing():
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        self._forget_head_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        stalled_s = self.patience.stalled_s
        self._stalled_timer = self.loop.call_later(stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._forget_stalled_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head_timer()
        self._forget_stalled_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - adds nothing
        """For what is no HTTP."""
        self._turn_away(_MALFORMED)

    def _is_idle(self) -> bool:
        """Nothing asked is without its answer."""
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.patience.head_s, self._head_is_late)

    def _forget_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _forget_stalled_timer(self) -> None:
        if self._stalled_timer is not None:
            self._stalled_timer.cancel()
            self._stalled_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self._is_idle():
            return
        if self._in_head and self._head_bytes:
            self._turn_away(_LATE)
        else:
            self._close()

    def _turn_away(self, refusal: Refusal) -> None:
        # Into the middle of another answer nothing can be said.
        if self._is_idle() and not self.transport.is_closing():
            self.transport.write(_written(refusal))
        self._close()

    def _close(self) -> None:
        self.transport.close()
        self.loop.call_later(_LINGER_S, self.transport.abort)


def _written(refusal: Refusal) -> bytes:
    request_id = uuid4().hex
    response = refusal.response(request_id)
    headers = [*response.raw_headers, *safe_headers(request_id)]
    head = f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n".encode()
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return head + lines + b"\r\n" + bytes(response.body)
