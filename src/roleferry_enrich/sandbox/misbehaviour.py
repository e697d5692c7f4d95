"""Carries a fault out: turns a provider's right answer into the wrong one that was asked for."""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.sandbox.faults import FaultKind, PlannedFault

_BOMB_MEGABYTES = 320
_METADATA_SERVICE = "http://169.254.169.254/"


def misbehaving(fault: PlannedFault, app: ASGIApp, throttled: Response) -> ASGIApp:
    """The app with the fault in it. `throttled` is the provider's own refusal."""
    if fault.kind in {FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED_SILENTLY}:
        return _rate_limited(fault, throttled)
    return _EFFECTS[fault.kind](fault, app)


def _rate_limited(fault: PlannedFault, throttled: Response) -> ASGIApp:
    if fault.kind is FaultKind.RATE_LIMITED:
        throttled.headers["retry-after"] = str(round(fault.seconds))
    elif "retry-after" in throttled.headers:
        del throttled.headers["retry-after"]
    return throttled


def _slow(fault: PlannedFault, app: ASGIApp) -> ASGIApp:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(fault.seconds)
        await app(scope, receive, send)

    return late


def _hang(fault: PlannedFault, app: ASGIApp) -> ASGIApp:
    del app

    async def hanging(scope: Scope, receive: Receive, send: Send) -> None:
        if not await _gone_within(receive, fault.seconds):
            await Response(status_code=504)(scope, receive, send)

    return hanging


async def _gone_within(receive: Receive, seconds: float) -> bool:
    """Whether the client hung up in that time."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                continue
    except TimeoutError:
        return False
    return True


def _truncated(fault: PlannedFault, app: ASGIApp) -> ASGIApp:
    del fault

    async def cut(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await _answer(app, scope, receive)
        half = Response(answer.body[: len(answer.body) // 2], answer.status_code)
        half.headers["content-type"] = answer.headers.get("content-type", "application/json")
        await half(scope, receive, send)

    return cut


def _drip(fault: PlannedFault, app: ASGIApp) -> ASGIApp:
    async def dripping(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await _answer(app, scope, receive)
        await send(_start(answer))
        for place in range(len(answer.body)):
            drop = bytes(answer.body[place : place + 1])
            await send({"type": "http.response.body", "body": drop, "more_body": True})
            if await _gone_within(receive, fault.seconds):
                return
        await send({"type": "http.response.body", "body": b""})

    return dripping


def _start(answer: Response) -> Message:
    return {
        "type": "http.response.start",
        "status": answer.status_code,
        "headers": answer.raw_headers,
    }


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """All that the app would have sent."""
    status, headers, body = 500, [], bytearray()

    async def keep(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        body.extend(message.get("body", b""))

    await app(scope, receive, keep)
    answer = Response(bytes(body), status)
    answer.raw_headers = headers
    return answer


@cache
def _bomb() -> bytes:
    """Whitespace and an empty object: harmless JSON, were it not for its size.

    Made once: while it is being made, no other provider of the sandbox answers.
    """
    deflate = zlib.compressobj(wbits=31)
    megabyte = b" " * 2**20
    parts = [deflate.compress(megabyte) for _ in range(_BOMB_MEGABYTES)]
    return b"".join((*parts, deflate.compress(b"{}"), deflate.flush()))


def _gzip_bomb() -> Response:
    headers = {"content-encoding": "gzip"}
    return Response(_bomb(), media_type="application/json", headers=headers)


def _instead(reply: Callable[[], Response]) -> Callable[[PlannedFault, ASGIApp], ASGIApp]:
    """Whatever was asked, this is answered."""
    return lambda _fault, _app: reply()


def _error(status: int, message: str) -> Callable[[PlannedFault, ASGIApp], ASGIApp]:
    return _instead(lambda: JSONResponse({"error": message}, status))


_EFFECTS: Mapping[FaultKind, Callable[[PlannedFault, ASGIApp], ASGIApp]] = MappingProxyType(
    {
        FaultKind.SLOW: _slow,
        FaultKind.HANG: _hang,
        FaultKind.SERVER_ERROR: _error(500, "internal server error"),
        FaultKind.UNAVAILABLE: _error(503, "service unavailable"),
        FaultKind.TRUNCATED: _truncated,
        FaultKind.HTML: _instead(lambda: HTMLResponse("<html><h1>Bad gateway</h1></html>")),
        FaultKind.EMPTY: _instead(lambda: Response(media_type="application/json")),
        FaultKind.GZIP_BOMB: _instead(_gzip_bomb),
        FaultKind.LYING: lambda _fault, app: app,  # the front desk has put in the lying app
        FaultKind.REDIRECT: _instead(lambda: Response(None, 302, {"location": _METADATA_SERVICE})),
        FaultKind.DRIP: _drip,
        FaultKind.BAD_JSON_200: _error(200, "something went wrong"),
        FaultKind.UNAUTHORISED: _error(401, "unauthorized"),
        FaultKind.PAYMENT: _error(402, "payment required"),
    }
)
