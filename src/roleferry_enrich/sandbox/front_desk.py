"""What every request to a provider passes before and after its voice: the parts that are not words.

Key, limit, delay, fault and price are the same business at every provider, so no voice has them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roleferry_enrich.sandbox.delays import Delays
from roleferry_enrich.sandbox.faults import FaultKind, FaultPlan, PlannedFault
from roleferry_enrich.sandbox.ledger import Entry, Ledger, fingerprint
from roleferry_enrich.sandbox.lenses import Lens
from roleferry_enrich.sandbox.meter import Meters, Standing
from roleferry_enrich.sandbox.misbehaviour import misbehaving
from roleferry_enrich.sandbox.voice import Voice, key_in_body

FAULT_HEADER = "x-sandbox-fault"
LATENCY_HEADER = "x-sandbox-latency-scale"
CREDITS_HEADER = "x-sandbox-credits"
"""By which a voice says what a reply was charged, where a 200 is not one credit."""
_THROTTLING = {FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED_SILENTLY}


@dataclass(frozen=True, slots=True)
class House:
    """What the front desks of all providers share."""

    ledger: Ledger
    faults: FaultPlan
    delays: Delays
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rooms:
    """The provider's own app, and its twin that speaks of other people."""

    honest: ASGIApp
    lying: ASGIApp


class FrontDesk:
    """One provider's entrance, as an ASGI app."""

    def __init__(
        self, voice: Voice, lens: Lens, rooms: Rooms, house: House, *, meters: Meters
    ) -> None:
        self._voice = voice
        self._lens = lens
        self._rooms = rooms
        self._house = house
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body, receive = await _heard(request, is_needed=key_in_body(self._voice))
        key = fingerprint(request, body)
        fault = self._fault(request)
        entry = self._house.ledger.called(self._voice.NAME, key)
        if request.method == "POST":
            entry.paths[_path(request)] += 1
        standing = self._standing(request, key, fault)
        await self._house.delays.wait(self._lens.latency, request.headers.get(LATENCY_HEADER))
        app = self._refusal(request, standing) or self._room(fault)
        if fault is not None:
            entry.faults += 1
            app = misbehaving(fault, app, self._throttled(standing))
        await app(scope, receive, self._noted(send, entry, standing))

    def _fault(self, request: Request) -> PlannedFault | None:
        try:
            return self._house.faults.draw(self._voice.NAME, request.headers.get(FAULT_HEADER))
        except ValueError as error:
            raise HTTPException(400, f"{FAULT_HEADER} names no fault of the sandbox") from error

    def _standing(self, request: Request, key: str, fault: PlannedFault | None) -> Standing | None:
        standing = self._meters.take(_path(request), key)
        if fault is None or fault.kind not in _THROTTLING or standing is None:
            return standing
        reset = round(self._house.clock() + fault.seconds)
        return replace(standing, left=0, reset=reset)

    def _refusal(self, request: Request, standing: Standing | None) -> Response | None:
        refusal = self._voice.authorised(request)
        if refusal is None and standing is not None and not standing.allowed:
            return self._throttled(standing)
        return refusal

    def _throttled(self, standing: Standing | None) -> Response:
        if standing is None:  # a provider without limits that is told to refuse all the same
            return self._voice.throttled(0, 1, round(self._house.clock() + 1))
        return self._voice.throttled(standing.left, standing.limit, standing.reset)

    def _room(self, fault: PlannedFault | None) -> ASGIApp:
        lies = fault is not None and fault.kind is FaultKind.LYING
        return self._rooms.lying if lies else self._rooms.honest

    def _noted(self, send: Send, entry: Entry, standing: Standing | None) -> Send:
        """Puts the limit headers on the reply, and the reply into the ledger."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                charged = MutableHeaders(scope=message).get(CREDITS_HEADER, "1")
                entry.answered(message["status"], self._lens.price * int(charged))
                self._stamp(message, standing)
            await send(message)

        return noting

    def _stamp(self, message: Message, standing: Standing | None) -> None:
        if standing is None:
            return
        headers = MutableHeaders(scope=message)
        left, limit, reset = standing.left, standing.limit, standing.reset
        for name, value in self._voice.limit_headers(left, limit, reset).items():
            headers.setdefault(name, value)


async def _heard(request: Request, *, is_needed: bool) -> tuple[bytes, Receive]:
    """The request's body, and whatever is to be received with that body first."""
    if not is_needed:
        return b"", request.receive
    body = await request.body()
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await request.receive()

    return body, again


def _path(request: Request) -> str:
    """As the provider knows it, without the sandbox's name for the provider."""
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))
