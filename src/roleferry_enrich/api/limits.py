"""Bounds on what one request may make us hold: URL, headers, body, and time to send it.

Counted while the bytes come in, so that neither a huge body nor an endless one is ever kept.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.errors import (
    BodyTooLarge,
    BodyTooSlow,
    HeadersTooLarge,
    MalformedBody,
    Unauthenticated,
    UrlTooLong,
)

_LARGER_BODIES = MappingProxyType(
    {
        "/resolve": 8 * 1024 * 1024,
        "/emails/verify": 512 * 1024,
        # Ten thousand items of a kilobyte and a half.
        "/enrich/batch": 16 * 1024 * 1024,
        "/enrich/enqueue": 16 * 1024 * 1024,
        # SendGrid gathers up to 768 kB of events.
        "/webhooks/sendgrid": 1024 * 1024,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    url: int = 8 * 1024
    headers: int = 8 * 1024
    body: int = 256 * 1024
    bodies: Mapping[str, int] = field(default_factory=lambda: _LARGER_BODIES)
    """Paths whose bodies may be larger, and how large."""
    body_time: timedelta = timedelta(seconds=10)
    """From the first read to the last byte."""


class LimitedIntake:
    """ASGI middleware that refuses requests beyond the limits."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _refuse_long_head(scope, self._limits)
        limit = self._limits.bodies.get(scope["path"], self._limits.body)
        declared = _declared_length(scope["headers"])
        if declared is not None and declared > limit:
            raise _too_large(limit)
        intake = _Intake(receive, limit, declared, self._limits.body_time)
        await self._app(scope, intake.receive, send)


class _Intake:
    """One request's body on its way in."""

    def __init__(self, receive: Receive, limit: int, declared: int | None, time: timedelta) -> None:
        self._receive = receive
        self._limit = limit
        self._declared = declared
        self._time = time.total_seconds()
        self._ends_at: float | None = None
        self._arrived = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            # From here on only the client's going away can be received: it has all time.
            return await self._receive()
        message = await self._in_time()
        if message["type"] == "http.request":
            self._count(message)
        return message

    async def _in_time(self) -> Message:
        if self._ends_at is None:
            self._ends_at = asyncio.get_running_loop().time() + self._time
        try:
            async with asyncio.timeout_at(self._ends_at):
                return await self._receive()
        except TimeoutError:
            raise BodyTooSlow("the body did not arrive in time") from None

    def _count(self, message: Message) -> None:
        self._arrived += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._arrived > self._limit:
            raise _too_large(self._limit)
        if self._declared is None:
            return
        short = self._complete and self._arrived < self._declared
        if short or self._arrived > self._declared:
            raise MalformedBody("the body is not as long as its Content-Length says")


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is larger than {limit} bytes")


def _refuse_long_head(scope: Scope, limits: Limits) -> None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > limits.url:
        raise UrlTooLong(f"the URL is longer than {limits.url} bytes")
    headers = scope["headers"]
    if sum(map(len, chain.from_iterable(headers))) <= limits.headers:
        return
    if any(name == b"authorization" and len(value) > limits.headers for name, value in headers):
        # Whatever else it is, this is no key.
        raise Unauthenticated("the API key is not valid")
    raise HeadersTooLarge(f"the header fields are larger than {limits.headers} bytes")


def _declared_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    lengths = {value for name, value in headers if name == b"content-length"}
    if not lengths:
        return None
    if any(name == b"transfer-encoding" for name, _ in headers):
        # The two disagree on where the body ends, which is how requests are smuggled.
        raise MalformedBody("Content-Length and Transfer-Encoding exclude each other")
    (length, *others) = lengths
    if others or not length.isdigit() or len(length) > 18:
        raise MalformedBody("the Content-Length is not a number of bytes")
    return int(length)
