"""Mailgun as its clients meet it: a form is queued, and a wrong path is answered by a greeting.

Nothing is sent.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View

NAME = "mailgun"
WINDOWS = (Window(300, timedelta(minutes=1)),)


def routes(view: View) -> list[Route]:
    del view  # who is written to does not matter to who accepts the mail
    everything = ["GET", "POST", "PUT", "DELETE"]
    return [
        Route("/v3/{domain}/messages", send, methods=["POST"]),
        Route("/{path:path}", greeting, methods=everything),
    ]


def authorised(request: Request) -> Response | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, key = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, key = "", ""
    if scheme.lower() != "basic" or user != "api" or not key or "invalid" in key:
        return PlainTextResponse("Forbidden", 401)
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # one form for all
    return JSONResponse({"message": "Too many requests"}, 429)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    """None is documented."""
    return {}


async def send(request: Request) -> Response:
    domain = request.path_params["domain"]
    if "unknown" in domain:
        return JSONResponse({"message": f"Domain not found: {domain}"}, 404)
    mail = _form(await request.body())
    missing = next((name for name in ("from", "to") if not mail.get(name)), None)
    if missing is not None:
        return _refusal(f"{missing} parameter is missing")
    if not _has_content(mail):
        return _refusal("Need at least one of 'text', 'html', 'amp-html' or 'template' parameters")
    if "@" not in mail["to"]:
        text = "'to' parameter is not a valid address. please check documentation"
        return _refusal(text)
    message_id = f"<{uuid4().hex}@{domain}>"
    return JSONResponse({"id": message_id, "message": "Queued. Thank you."})


async def greeting(request: Request) -> Response:
    del request
    return PlainTextResponse("Mailgun Magnificent API")


def _form(raw: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(raw.decode()))


def _has_content(mail: Mapping[str, str]) -> bool:
    return any(mail.get(name) for name in ("text", "html", "amp-html", "template"))


def _refusal(message: str) -> Response:
    return JSONResponse({"message": message}, 400)
