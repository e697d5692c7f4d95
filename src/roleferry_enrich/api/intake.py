"""The body of a request as it came."""

from fastapi import Request
from starlette.types import Receive

from roleferry_enrich.errors import MalformedBody


async def whole_body(request: Request) -> bytes:
    """All of it; read once, however often it is asked for."""
    state = request.scope["state"]
    if "sent" not in state:
        state["sent"] = await _received(request.receive)
    sent: bytes = state["sent"]
    return sent


async def _received(receive: Receive) -> bytes:
    """Not by `Request.body`, whose layers cost more than reading. Raises MalformedBody."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("the body ended early")
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
