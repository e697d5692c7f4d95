"""X's API, version 2, as an app's bearer token meets it."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import x as documents
from roleferry_enrich.sandbox.networks import at_handle
from roleferry_enrich.sandbox.population import Company, View

NAME = "x"
_QUARTER = timedelta(minutes=15)
WINDOWS = (Window(300, _QUARTER),)
LANES = {"/2/tweets/search/recent": (Window(450, _QUARTER),)}

_PROBLEMS = "https://api.x.com/2/problems"
_MOST_AT_ONCE = 100
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")


def routes(view: View) -> list[Route]:
    x = _X(view)
    return [
        Route("/2/users/by/username/{username}", x.user_named),
        Route("/2/users/by", x.users_named),
        Route("/2/users/search", members_only),
        Route("/2/users/{number}/tweets", x.posts_of),
        Route("/2/users/{number}", x.user_numbered),
        Route("/2/users", x.users_numbered),
        Route("/2/tweets/search/recent", x.recent),
        Route("/2/usage/tweets", usage),
    ]


def authorised(request: Request) -> Response | None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token or "invalid" in token:
        return _problem(401, "Unauthorized", "Unauthorized", kind="about:blank")
    if "penniless" in token:
        text = "Your enrolled account [1] does not have any credits to fulfill this request."
        return _problem(402, "CreditsDepleted", text, kind=f"{_PROBLEMS}/credits")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    body = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
    return JSONResponse(body, 429, limit_headers(left, limit, reset))


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": str(reset_unix),
    }


async def members_only(request: Request) -> Response:  # noqa: ARG001  # whatever is searched for
    text = (
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported "
        "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    )
    kind = f"{_PROBLEMS}/unsupported-authentication"
    return _problem(403, "Unsupported Authentication", text, kind=kind)


async def usage(request: Request) -> Response:  # noqa: ARG001  # every token has this account
    data = {
        "project_id": "1",
        "project_cap": "3000000",
        "project_usage": "1200",
        "cap_reset_day": 1,
    }
    return JSONResponse({"data": data})


class _X:
    def __init__(self, view: View) -> None:
        self._view = view

    async def user_named(self, request: Request) -> Response:
        handle = request.path_params["username"]
        return _one(self._account(handle), request, "username", handle)

    async def users_named(self, request: Request) -> Response:
        return _several(self._account, request, "usernames")

    async def user_numbered(self, request: Request) -> Response:
        number = request.path_params["number"]
        return _one(self._user(number), request, "id", number)

    async def users_numbered(self, request: Request) -> Response:
        return _several(self._user, request, "ids")

    async def posts_of(self, request: Request) -> Response:
        company = self._company(request.path_params["number"])
        return _posts(self._posts(company), request)

    async def recent(self, request: Request) -> Response:
        """Phrases and `from:`, which is as much of the language as is asked here."""
        query = request.query_params.get("query", "")
        if not query:
            return _invalid("The 'query' parameter is required.")
        wanted = _whole(request.query_params.get("max_results"), 10)
        if not 10 <= wanted <= _MOST_AT_ONCE or len(query) > 512:
            return _invalid("max_results is from 10 to 100, query up to 512 characters.")
        author = re.search(r"from:(\w+)", query)
        bearer = at_handle(author[1], self._view) if author else None
        company = bearer[0] if bearer and bearer[1] else None
        phrases = [phrase.lower() for phrase in re.findall(r'"([^"]+)"', query)]
        found = [
            post
            for post in self._posts(company)
            if not phrases or any(phrase in post["text"].lower() for phrase in phrases)
        ]
        return _posts(found[:wanted], request)

    def _account(self, handle: str) -> documents.Document | None:
        bearer = at_handle(handle, self._view)
        if bearer is None:
            return None
        company, is_theirs = bearer
        return documents.user(company) if is_theirs else documents.namesake(company, handle)

    def _user(self, number: str) -> documents.Document | None:
        company = self._company(number)
        return documents.user(company) if company and company.domain else None

    def _company(self, number: str) -> Company | None:
        company_id = documents.company_id(number)
        return None if company_id is None else self._view.company_by_id(company_id)

    def _posts(self, company: Company | None) -> list[documents.Document]:
        return documents.posts(company, self._view.staff(company)) if company else []


def _one(
    found: documents.Document | None, request: Request, parameter: str, value: str
) -> Response:
    if found is None:
        return JSONResponse({"errors": [_not_found("user", parameter, value)]})
    return JSONResponse({"data": documents.shown(found, _fields(request, "user.fields"))})


def _several(
    find: Callable[[str], documents.Document | None], request: Request, parameter: str
) -> Response:
    asked = [value for value in request.query_params.get(parameter, "").split(",") if value]
    if not 1 <= len(asked) <= _MOST_AT_ONCE or not all(map(_is_plain, asked)):
        return _invalid(f"The '{parameter}' parameter is missing or does not fit.")
    found = {value: find(value) for value in asked}
    fields = _fields(request, "user.fields")
    body: documents.Document = {}
    if users := [documents.shown(user, fields) for user in found.values() if user]:
        body["data"] = users
    if missing := [value for value, user in found.items() if user is None]:
        body["errors"] = [_not_found("user", parameter, value) for value in missing]
    return JSONResponse(body)


def _posts(found: Iterable[documents.Document], request: Request) -> Response:
    fields = _fields(request, "tweet.fields")
    rows = [documents.shown(post, fields) for post in found]
    if not rows:
        return JSONResponse({"meta": {"result_count": 0}})
    meta = {"newest_id": rows[0]["id"], "oldest_id": rows[-1]["id"], "result_count": len(rows)}
    return JSONResponse({"data": rows, "meta": meta})


def _fields(request: Request, name: str) -> frozenset[str]:
    return frozenset(request.query_params.get(name, "").split(","))


def _is_plain(value: str) -> bool:
    return _HANDLE.fullmatch(value) is not None or value.isdigit()


def _whole(text: str | None, default: int) -> int:
    return default if text is None else int(text) if text.isascii() and text.isdigit() else -1


def _not_found(kind: str, parameter: str, value: str) -> documents.Document:
    return {
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "value": value,
        "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "type": f"{_PROBLEMS}/resource-not-found",
    }


def _invalid(detail: str) -> Response:
    return _problem(400, "Invalid Request", detail, kind=f"{_PROBLEMS}/invalid-request")


def _problem(status: int, title: str, detail: str, *, kind: str) -> Response:
    body = {"title": title, "detail": detail, "type": kind, "status": status}
    return JSONResponse(body, status)
