"""The body of a request as it came."""

from fastapi import Request
from starlette.requests import ClientDisconnect

from roleferry_enrich.errors import MalformedBody


async def whole_body(request: Request) -> bytes:
    """All of it; read once, however often it is asked for."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise MalformedBody("the body ended early") from None
