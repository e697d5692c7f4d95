"""Meta's Graph API as far as it speaks of pages, to an app that has passed its review."""

import json
import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import facebook as documents
from roleferry_enrich.sandbox.networks import at_page
from roleferry_enrich.sandbox.population import Company, View

NAME = "facebook"
WINDOWS = (Window(200, timedelta(hours=1)),)

_PROOF = re.compile(r"[0-9a-f]{64}")
_LARGEST_PAGE = 100


def routes(view: View) -> list[Route]:
    facebook = _Facebook(view)
    versioned = "/v{number:float}"
    return [
        Route(versioned, facebook.several),
        *(
            route
            for version in (versioned, "")
            for route in (
                Route(f"{version}/pages/search", facebook.search),
                Route(f"{version}/", facebook.several),
                Route(f"{version}/{{page}}", facebook.page),
            )
        ),
    ]


def authorised(request: Request) -> Response | None:
    asked = request.query_params
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = (asked.get("access_token") or bearer).strip()
    if not token:
        return _error(104, "An access token is required to request this resource.")
    if "invalid" in token:
        return _error(190, "Error validating access token: The session is invalid.", subcode=460)
    if "unreviewed" in token:
        text = "To use 'Page Public Content Access', your app needs to be owned by a verified "
        return _error("10", f"(#10) {text}business and have contract signed.")
    proof = asked.get("appsecret_proof")
    if proof is not None and _PROOF.fullmatch(proof) is None:
        return _error(100, "Invalid appsecret_proof provided in the API argument")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    """Not a 429, and no word on when."""
    text = "(#4) Application request limit reached"
    refused = _error(4, text)
    refused.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_request" "{text}"'
    refused.headers.update(limit_headers(left, limit, reset))
    return refused


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    used = round(100 * (limit - left) / limit)
    usage = {"call_count": used, "total_time": used // 2, "total_cputime": used // 3}
    return {"X-App-Usage": json.dumps(usage)}


class _Facebook:
    def __init__(self, view: View) -> None:
        self._view = view

    async def search(self, request: Request) -> Response:
        text, wanted = request.query_params.get("q", ""), request.query_params.get("limit", "25")
        if not text.strip():
            return _error(100, "(#100) The parameter q is required")
        limit = int(wanted) if wanted.isascii() and wanted.isdigit() else 25
        found = [c for c in self._view.companies_named(text, min(limit, _LARGEST_PAGE)) if c.domain]
        fields = request.query_params.get("fields", "")
        rows = [documents.shown(documents.page(company), fields) for company in found]
        paging = {"cursors": {"before": "QVFI", "after": "QVFJ"}} if rows else {}
        return JSONResponse({"data": rows} | ({"paging": paging} if paging else {}))

    async def several(self, request: Request) -> Response:
        asked = [i for i in request.query_params.get("ids", "").split(",") if i]
        if not asked:
            return _error(100, "(#100) The parameter ids is required")
        found = {name: self._company(name) for name in asked}
        missing = next((name for name, company in found.items() if company is None), None)
        if missing is not None:
            return _unknown(missing)
        fields = request.query_params.get("fields", "")
        pages = {name: documents.page(company) for name, company in found.items() if company}
        return JSONResponse({n: documents.shown(page, fields) for n, page in pages.items()})

    async def page(self, request: Request) -> Response:
        name = request.path_params["page"]
        company = self._company(name)
        if company is None:
            return _unknown(name)
        fields = request.query_params.get("fields", "")
        return JSONResponse(documents.shown(documents.page(company), fields))

    def _company(self, page: str) -> Company | None:
        number = documents.company_id(page)
        found = at_page(page, self._view) if number is None else self._view.company_by_id(number)
        return found if found is not None and found.domain else None


def _unknown(page: str) -> Response:
    text = (
        f"Unsupported get request. Object with ID '{page}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation."
    )
    return _error(100, text, kind="GraphMethodException")


def _error(
    code: int | str, message: str, *, kind: str = "OAuthException", subcode: int | None = None
) -> Response:
    error = {"message": message, "type": kind, "code": code, "fbtrace_id": "A2"}
    return JSONResponse({"error": error | ({"error_subcode": subcode} if subcode else {})}, 400)
