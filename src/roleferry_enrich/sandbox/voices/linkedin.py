"""LinkedIn's versioned API as an app meets it that may look organisations up, and no more."""

import re
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import linkedin as documents
from roleferry_enrich.sandbox.population import Company, View

NAME = "linkedin"
WINDOWS: tuple[Window, ...] = ()
"""The day's quota is published to each app alone."""

_OLDEST, _NEWEST = "202512", "202611"
_LIST = re.compile(r"List\(([0-9,]*)\)")


def routes(view: View) -> list[Route]:
    linkedin = _LinkedIn(view)
    return [
        Route("/rest/organizations", linkedin.found),
        Route("/rest/organizations/{number}", administered),
        Route("/rest/organizationsLookup", linkedin.looked_up),
        Route("/rest/networkSizes/{urn}", linkedin.followers),
        Route("/{path:path}", nowhere),
    ]


def authorised(request: Request) -> Response | None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token:
        return _error(401, 401, "Empty oauth2_access_token")
    if "invalid" in token:
        return _error(401, 65600, "Invalid access token", code="INVALID_ACCESS_TOKEN")
    return _refused_version(request)


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # no header tells
    text = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
    return _error(429, 101, text, code="TOO_MANY_REQUESTS")


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    return {}


async def administered(request: Request) -> Response:  # noqa: ARG001  # nobody administers any
    return _denied("organizations.GET")


async def nowhere(request: Request) -> Response:
    name = request.path_params["path"].rpartition("/")[2]
    return _error(404, 0, f"Resource {name} does not exist")


class _LinkedIn:
    def __init__(self, view: View) -> None:
        self._view = view

    async def found(self, request: Request) -> Response:
        finder = request.query_params.get("q", "")
        value = request.query_params.get(finder, "").lower()
        if finder == "parentOrganization":
            return _denied("organizations.FINDER-parentOrganization")
        if finder not in {"vanityName", "emailDomain"} or not value:
            return _error(400, 100, "Invalid query parameters passed to request")
        company = self._of_finder(finder, value)
        elements = [documents.organization(company)] if company else []
        paging = {"start": 0, "count": 10, "links": [], "total": len(elements)}
        return JSONResponse({"paging": paging, "elements": elements})

    async def looked_up(self, request: Request) -> Response:
        listed = _LIST.fullmatch(request.query_params.get("ids", ""))
        if listed is None or not listed[1]:
            return _error(400, 100, "Invalid value for parameter ids")
        results, statuses, errors = {}, {}, {}
        for number in listed[1].split(","):
            company = self._numbered(number)
            statuses[number] = 200 if company else 404
            if company:
                results[number] = documents.organization(company)
            else:
                errors[number] = {"status": 404, "message": "Not Found"}
        return JSONResponse({"results": results, "statuses": statuses, "errors": errors})

    async def followers(self, request: Request) -> Response:
        number = unquote(request.path_params["urn"]).rpartition(":")[2]
        company = self._numbered(number)
        return JSONResponse({"firstDegreeSize": company.employees * 7 if company else 0})

    def _of_finder(self, finder: str, value: str) -> Company | None:
        if finder == "vanityName":
            return self._view.company_by_linkedin(value)
        return self._view.company_by_domain(value)

    def _numbered(self, number: str) -> Company | None:
        company_id = documents.company_id(number)
        return None if company_id is None else self._view.company_by_id(company_id)


def _refused_version(request: Request) -> Response | None:
    if (
        not request.scope["path"]
        .removeprefix(request.scope.get("root_path", ""))
        .startswith("/rest/")
    ):
        return None
    version = request.headers.get("linkedin-version", "")
    if not version:
        return _error(400, 0, "A version must be present", code="VERSION_MISSING")
    if not _OLDEST <= version <= _NEWEST:
        text = f"Requested version {version} is not active"
        return JSONResponse({"status": 426, "code": "NONEXISTENT_VERSION", "message": text}, 426)
    return None


def _denied(what: str) -> Response:
    text = f"Not enough permissions to access: {what}"
    return _error(403, 100, text, code="ACCESS_DENIED")


def _error(status: int, service: int, message: str, *, code: str | None = None) -> Response:
    named = {} if code is None else {"code": code}
    body = {"status": status, "serviceErrorCode": service, **named, "message": message}
    return JSONResponse(body, status)
