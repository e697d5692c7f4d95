"""SendGrid as its clients meet it: a mail is accepted with an id, and what bounced can be listed.

Nothing is sent. A mail to an address that the invented world does not deliver becomes a bounce.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View

NAME = "sendgrid"
WINDOWS = (Window(600, timedelta(minutes=1)),)

_MOST_RECIPIENTS = 1000
_LARGEST_PAGE = 500
_LISTS = ("bounces", "blocks", "invalid_emails", "spam_reports")

# Any: what a client may send as JSON.
Body = Mapping[str, Any]


def routes(view: View) -> list[Route]:
    mailer = _Mailer(view)
    return [
        Route("/v3/mail/send", mailer.send, methods=["POST"]),
        Route("/v3/suppression/{kind}", mailer.listed, methods=["GET"]),
        Route("/v3/suppression/{kind}/{email}", mailer.one, methods=["GET"]),
        Route("/v3/suppression/{kind}/{email}", mailer.removed, methods=["DELETE"]),
    ]


def authorised(request: Request) -> Response | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key or "invalid" in key:
        return _refusal(401, "authorization required")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    headers = limit_headers(left, limit, reset)
    return _refusal(429, "too many requests", headers=headers)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(reset_unix),
    }


class _Mailer:
    def __init__(self, view: View) -> None:
        self._view = view
        self._suppressed: dict[str, dict[str, dict[str, object]]] = {kind: {} for kind in _LISTS}

    async def send(self, request: Request) -> Response:
        mail = _object(await request.body())
        fault = _fault(mail)
        if fault is not None:
            field, message = fault
            return _refusal(400, message, field=field)
        if mail.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Response(status_code=200)
        for email in _recipients(mail):
            if self._view.mailbox(email) == "invalid":
                self._suppressed["bounces"][email] = _bounce(email)
        return Response(status_code=202, headers={"X-Message-Id": uuid4().hex[:22]})

    async def listed(self, request: Request) -> Response:
        found = self._suppressed.get(request.path_params["kind"])
        if found is None:
            return _refusal(404, "not found")
        limit = min(int(request.query_params.get("limit", _LARGEST_PAGE)), _LARGEST_PAGE)
        offset = int(request.query_params.get("offset", 0))
        return JSONResponse(list(found.values())[offset : offset + limit])

    async def one(self, request: Request) -> Response:
        found = self._suppressed.get(request.path_params["kind"], {})
        entry = found.get(request.path_params["email"])
        return JSONResponse([entry] if entry else [])

    async def removed(self, request: Request) -> Response:
        found = self._suppressed.get(request.path_params["kind"], {})
        gone = found.pop(request.path_params["email"], None)
        return Response(status_code=204) if gone else _refusal(404, "not found")


def _object(raw: bytes) -> Body:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _fault(mail: Body) -> tuple[str, str] | None:
    """The field that makes a mail unsendable, and what SendGrid says of it."""
    if not mail.get("personalizations"):
        return "personalizations", "The personalizations field is required."
    if not mail.get("from", {}).get("email"):
        return "from.email", "The from object must be provided for every email send."
    if not mail.get("content") and not mail.get("template_id"):
        return "content", "Unless a valid template_id is provided, the content is required."
    if len(list(_recipients(mail))) > _MOST_RECIPIENTS:
        return "personalizations", "The number of recipients is too high."
    return None


def _recipients(mail: Body) -> Iterator[str]:
    personalizations: Sequence[Body] = mail.get("personalizations", [])
    for personalization in personalizations:
        for recipient in personalization.get("to", []):
            yield str(recipient.get("email", ""))


def _bounce(email: str) -> dict[str, object]:
    reason = "550 5.1.1 The email account that you tried to reach does not exist."
    return {"created": int(time.time()), "email": email, "reason": reason, "status": "5.1.1"}


def _refusal(
    status: int,
    message: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    error = {"message": message, "field": field, "help": None}
    return JSONResponse({"errors": [error]}, status, headers)
