"""Stripe as its clients meet it, as far as buying credits goes: Checkout sessions, what they pay.

A session is paid as soon as it is made. The same Idempotency-Key brings the same session.
"""

import base64
import binascii
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View

NAME = "stripe"
WINDOWS = (Window(25, timedelta(seconds=1)),)

# Any: a Stripe object, as JSON.
Thing = dict[str, Any]


def routes(view: View) -> list[Route]:
    del view  # who pays is nobody of the invented world
    cashier = _Cashier()
    return [
        Route("/v1/checkout/sessions", cashier.open, methods=["POST"]),
        Route("/v1/checkout/sessions/{id}", cashier.session, methods=["GET"]),
        Route("/v1/payment_intents/{id}", cashier.payment, methods=["GET"]),
    ]


def authorised(request: Request) -> Response | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = given if scheme == "Bearer" else _basic_user(given)
    if not key or "invalid" in key:
        return _refusal(401, "invalid_request_error", "Invalid API Key provided.")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # one form for all
    return _refusal(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit")


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    """Stripe sends none."""
    return {}


class _Cashier:
    def __init__(self) -> None:
        self._things: dict[str, Thing] = {}
        self._by_idempotency_key: dict[str, Thing] = {}

    async def open(self, request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        known = self._by_idempotency_key.get(key)
        if known is not None:
            return JSONResponse(known, headers={"Idempotent-Replayed": "true"})
        form = _form(await request.body())
        if form.get("mode") not in {"payment", "setup", "subscription"}:
            text = "You must provide one of mode: payment, setup or subscription."
            return _refusal(400, "invalid_request_error", text, param="mode")
        session = self._paid(form)
        if key:
            self._by_idempotency_key[key] = session
        return JSONResponse(session)

    async def session(self, request: Request) -> Response:
        return self._found(request, "checkout.session")

    async def payment(self, request: Request) -> Response:
        return self._found(request, "payment_intent")

    def _paid(self, form: Mapping[str, str]) -> Thing:
        amount, currency = _total(form), form.get("line_items[0][price_data][currency]", "usd")
        payment = _thing(
            "payment_intent",
            "pi",
            amount=amount,
            amount_received=amount,
            currency=currency,
            status="succeeded",
        )
        session = _thing(
            "checkout.session",
            "cs_test",
            amount_total=amount,
            currency=currency,
            mode=form["mode"],
            status="complete",
            payment_status="paid",
            payment_intent=payment["id"],
            client_reference_id=form.get("client_reference_id"),
            metadata=_metadata(form),
            url=None,
        )
        self._things |= {thing["id"]: thing for thing in (payment, session)}
        return session

    def _found(self, request: Request, kind: str) -> Response:
        wanted = request.path_params["id"]
        thing = self._things.get(wanted)
        if thing is None or thing["object"] != kind:
            text = f"No such {kind}: '{wanted}'"
            return _refusal(404, "invalid_request_error", text, code="resource_missing", param="id")
        return JSONResponse(thing)


def _thing(kind: str, prefix: str, **members: object) -> Thing:
    made = {"id": f"{prefix}_{uuid4().hex[:24]}", "object": kind, "livemode": False}
    return made | {"created": int(time.time()), **members}


def _form(raw: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(raw.decode()))


def _total(form: Mapping[str, str]) -> int:
    price = form.get("line_items[0][price_data][unit_amount]", "0")
    return int(price) * int(form.get("line_items[0][quantity]", "1"))


def _metadata(form: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in form.items() if name.startswith("metadata[")}
    return {name.removeprefix("metadata[").removesuffix("]"): v for name, v in given.items()}


def _basic_user(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refusal(
    status: int, kind: str, message: str, *, code: str | None = None, param: str | None = None
) -> Response:
    error = {"type": kind, "message": message, "code": code, "param": param}
    known = {name: value for name, value in error.items() if value is not None}
    return JSONResponse({"error": known}, status)
