"""Companies House as its clients meet it: the register's paths, pages and error bodies.

Bodies follow the live service of 2026: an unknown company has an empty officer list, a 404 of
the profile is Spring's, and the officer service explains no refusal.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import companies_house as documents
from roleferry_enrich.sandbox.population import View

NAME = "companies_house"
WINDOWS = (Window(600, timedelta(minutes=5)),)

_NUMBER = re.compile(r"[A-Z0-9]{8}")
_DEEPEST = 1_000  # hits beyond this are refused with a 416
_APPOINTMENTS_PAGE = 50


def routes(view: View) -> list[Route]:
    register = _Register(view)
    return [
        Route("/search/companies", register.search),
        Route("/advanced-search/companies", register.advanced_search),
        Route("/company/{number}", register.profile),
        Route("/company/{number}/officers", register.officers),
        Route("/company/{number}/persons-with-significant-control", register.controllers),
        Route("/officers/{officer}/appointments", register.appointments),
    ]


def authorised(request: Request) -> Response | None:
    given = request.headers.get("authorization", "")
    if not given:
        return _unauthorised("Empty Authorization header")
    scheme, _, encoded = given.partition(" ")
    try:
        user = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        user = ""
    if scheme.lower() != "basic" or not user or "invalid" in user:
        return _unauthorised("Invalid Authorization")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # one form for all
    """No body, and no Retry-After: the headers alone say when the window ends."""
    return Response(status_code=429)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "X-Ratelimit-Limit": str(limit),
        "X-Ratelimit-Remain": str(left),
        "X-Ratelimit-Reset": str(reset_unix),
        "X-Ratelimit-Window": "5m",
    }


def _unauthorised(error: str) -> Response:
    return JSONResponse({"error": error, "type": "ch:service"}, 401)


class _Register:
    def __init__(self, view: View) -> None:
        self._view = view

    async def search(self, request: Request) -> Response:
        text = request.query_params.get("q", "")
        size, start = _size(request, "items_per_page", 20, 100), _start(request)
        if start + size > _DEEPEST:
            return Response(status_code=416)
        found = self._view.companies_named(text, _DEEPEST) if text.strip() else ()
        return JSONResponse(
            {
                "items": [documents.hit(one, text) for one in found[start : start + size]],
                "kind": "search#companies",
                "page_number": start // size + 1,
                "items_per_page": size,
                "total_results": len(found),
                "start_index": start,
            }
        )

    async def advanced_search(self, request: Request) -> Response:
        """By name only. No hit is a 404 without a body here."""
        size, start = _size(request, "size", 20, 5_000), _start(request)
        text = request.query_params.get("company_name_includes", "")
        status = request.query_params.get("company_status")
        named = self._view.companies_named(text, _DEEPEST) if text.strip() else ()
        found = [one for one in named if status is None or one.status == status]
        if not found:
            return Response(status_code=404)
        return JSONResponse(
            {
                "etag": documents.etag(text),
                "top_hit": documents.advanced_hit(found[0]),
                "items": [documents.advanced_hit(one) for one in found[start : start + size]],
                "kind": "search#advanced-search",
                "hits": len(found),
            }
        )

    async def profile(self, request: Request) -> Response:
        number = request.path_params["number"]
        if not _NUMBER.fullmatch(number):
            return _broken(request)
        company = self._view.company_by_number(number)
        if company is None:
            return _unknown(f"Resource not found for company profile {number}")
        return JSONResponse(documents.profile(company))

    async def officers(self, request: Request) -> Response:
        number, asked = request.path_params["number"], request.query_params
        if not _NUMBER.fullmatch(number):
            return _broken(request)
        if asked.get("register_view") == "true":
            return Response(status_code=404)  # nobody here keeps that register at Companies House
        order = asked.get("order_by")
        if asked.get("filter") not in {None, "active"} or not documents.sortable(order):
            return Response(status_code=400)
        company = self._view.company_by_number(number)
        if company is None:
            return JSONResponse(_officer_list(request, (), links={}, etag=""))
        rows = documents.officers(company, self._view.officers(company), order)
        if asked.get("filter") == "active":
            rows = [row for row in rows if "resigned_on" not in row]
        links = {"self": f"/company/{number}/officers"}
        return JSONResponse(_officer_list(request, rows, links=links, etag=documents.etag(number)))

    async def controllers(self, request: Request) -> Response:
        company = self._view.company_by_number(request.path_params["number"])
        if company is None:
            return _unknown("Resource not found for company psc list")
        items = documents.controllers(company, self._view.officers(company))
        size, start = _size(request, "items_per_page", 25, 100), _start(request)
        return JSONResponse(
            {
                "items_per_page": size,
                "items": items[start : start + size],
                "start_index": start,
                "total_results": len(items),
                "active_count": len(items),
                "ceased_count": 0,
                "links": {"self": request.url.path},
            }
        )

    async def appointments(self, request: Request) -> Response:
        """One office each: in this world nobody sits on two boards under one officer id."""
        person_id = documents.person_id(request.path_params["officer"])
        person = None if person_id is None else self._view.person_by_id(person_id)
        company = self._view.company_by_id(person.company_id) if person else None
        if person is None or company is None or person.officer_role is None:
            return Response(status_code=404)
        size = _size(request, "items_per_page", 35, _APPOINTMENTS_PAGE)
        listed = documents.appointments(person, company)
        return JSONResponse({**listed, "items_per_page": size, "start_index": _start(request)})


def _officer_list(
    request: Request,
    rows: Sequence[documents.Document],
    *,
    links: dict[str, str],
    etag: str,
) -> documents.Document:
    size, start = _size(request, "items_per_page", 35, 100), _start(request)
    resigned = sum("resigned_on" in row for row in rows)
    return {
        "active_count": len(rows) - resigned,
        "etag": etag,
        "inactive_count": 0,
        "items": list(rows[start : start + size]),
        "items_per_page": size,
        "kind": "officer-list",
        "links": links,
        "resigned_count": resigned,
        "start_index": start,
        "total_results": len(rows),
    }


def _size(request: Request, name: str, default: int, most: int) -> int:
    return min(max(_whole(request.query_params.get(name), default), 1), most)


def _start(request: Request) -> int:
    return max(_whole(request.query_params.get("start_index"), 0), 0)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _unknown(message: str) -> Response:
    body = {
        "timestamp": "2026-09-04T16:07:18.488455029",
        "message": f'404 NOT_FOUND "{message}"',
        "request_id": "sandbox",
    }
    return JSONResponse(body, 404)


def _broken(request: Request) -> Response:
    """What the live service makes of a number that is none."""
    body = {"status": 500, "error": "Internal Server Error", "path": request.url.path}
    return JSONResponse(body, 500)
