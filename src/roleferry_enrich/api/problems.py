"""Turns every error that leaves the application into an RFC 9457 problem.

A problem never repeats what was sent: a refused value may be a person's data or a key.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from roleferry_enrich.accounts.quotas import QuotaExceeded
from roleferry_enrich.api.schemas.problem import Problem
from roleferry_enrich.api.violations import faults_of
from roleferry_enrich.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Fault,
    InvalidQuery,
    MissingScope,
    NotFound,
    RequestRefused,
    Unauthenticated,
)

TYPE_PREFIX = "urn:roleferry-enrich:problem:"
MEDIA_TYPE = "application/problem+json"
_REGISTERED = MappingProxyType(
    {QuotaExceeded.slug: "https://iana.org/assignments/http-problem-types#quota-exceeded"}
)
"""Kinds of problems that are not ours alone, by draft-ietf-httpapi-ratelimit-headers."""
_CHALLENGE = 'Bearer realm="roleferry-enrich"'
_UNREAD_BODY = (BodyTooLarge, BodyTooSlow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a problem says, whatever it came from."""

    status: int
    slug: str
    title: str
    detail: str
    faults: tuple[Fault, ...] = ()
    violated: tuple[str, ...] = ()
    """Windows of a quota that are used up."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def response(self, request_id: str) -> Response:
        return Response(
            orjson.dumps(self.problem(request_id)),
            status_code=self.status,
            headers=dict(self.headers),
            media_type=MEDIA_TYPE,
        )

    def problem(self, request_id: str) -> Problem:
        problem = Problem(
            type=_REGISTERED.get(self.slug, TYPE_PREFIX + self.slug),
            title=self.title,
            status=self.status,
            detail=self.detail,
            request_id=request_id,
            errors=[
                {"field": fault.field, "code": fault.code, "message": fault.message}
                for fault in self.faults
            ],
        )
        if self.violated:
            problem["violated-policies"] = list(self.violated)
        return problem


UNEXPECTED = Refusal(
    status=500,
    slug="internal-error",
    title="Something went wrong here",
    detail="the request failed for a reason of ours; its id is in our logs",
)


def refusal_of(error: RequestRefused) -> Refusal:
    return Refusal(
        status=error.status,
        slug=error.slug,
        title=error.title,
        detail=error.detail,
        faults=error.faults,
        violated=error.violated if isinstance(error, QuotaExceeded) else (),
        headers=_headers_of(error),
    )


def answer_problems(app: FastAPI) -> None:
    """Have `app` answer errors with problems. What is unexpected is left to `edge`."""
    app.add_exception_handler(RequestRefused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _raised_by_the_framework)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefused)
    return refusal_of(error).response(request.state.request_id)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    refused = InvalidQuery("see `errors`", faults=faults_of(error.errors()))
    return refusal_of(refused).response(request.state.request_id)


async def _raised_by_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        refusal = refusal_of(NotFound("there is nothing at this path"))
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal = of_status(error.status_code, {"Allow": ", ".join(_methods_at(request))})
    else:
        refusal = of_status(error.status_code, error.headers or {})
    return refusal.response(request.state.request_id)


def _methods_at(request: Request) -> list[str]:
    """Of all routes of a path: the framework names those of the first alone."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)


def of_status(status: int, headers: Mapping[str, str]) -> Refusal:
    """Of what is refused before any of our operations is asked."""
    phrase = HTTPStatus(status).phrase
    slug = phrase.lower().replace(" ", "-")
    detail = "the request was refused before it reached an operation"
    return Refusal(status=status, slug=slug, title=phrase, detail=detail, headers=headers)


def _headers_of(error: RequestRefused) -> dict[str, str]:
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after.total_seconds())))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = _CHALLENGE
    if isinstance(error, MissingScope):  # as RFC 6750 says it
        lacking = f'error="insufficient_scope", scope="{error.scope}"'
        headers["WWW-Authenticate"] = f"{_CHALLENGE}, {lacking}"
    if isinstance(error, _UNREAD_BODY):
        # The rest of the body may still be under way: nothing after it could be understood.
        headers["Connection"] = "close"
    return headers
