"""Clay as the sandbox speaks it: searches that only go forward, and routines that take a while."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.replies import Record
from roleferry_enrich.sandbox.begun import Begun
from roleferry_enrich.sandbox.documents.clay import LEVELS, company_row, level_of, person_row
from roleferry_enrich.sandbox.population import Company, View

NAME = "clay"
WINDOWS = (Window(600, timedelta(minutes=1)),)  # the real one publishes no number
SEARCHES, RUNS = Begun("search"), Begun("run")

_ROUTINES = {"function:t_work_email": 2, "function:t_slow_email": 8}
"""By id, the looks after which a run of it has ended."""
_BY_DOMAIN = re.compile(r'select from companies where domain = "([^"\\]+)"')
_FILTERS = frozenset({"company_identifier", "job_title_keywords", "job_title_seniority_levels_v2"})
_USUAL_PAGE, _LARGEST_PAGE, _MOST_ITEMS = 20, 500, 100

Answer = Callable[[View, Request, Record], Response]


class _Refused(Exception):
    """A request the API does not take: its status and the only thing it says."""

    def __init__(self, message: str = "Validation failed", status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def routes(view: View) -> list[Route]:
    answers: dict[tuple[str, str], Answer] = {
        ("GET", "me"): _me,
        ("POST", "search/filters-mode"): _filters_mode,
        ("POST", "search/query-mode"): _query_mode,
        ("POST", "search/{mode}/{search}/run"): _page,
        ("POST", "routines/{routine}/run"): _run,
        ("GET", "routines/run/{run}/results"): _results,
    }
    known = [
        Route(f"/public/v0/{path}", _endpoint(view, answer), methods=[method])
        for (method, path), answer in answers.items()
    ]
    return [*known, Route("/v1/{path:path}", _retired, methods=["GET", "POST"])]


def authorised(request: Request) -> Response | None:
    key = request.headers.get("clay-api-key", "")
    if key and "invalid" not in key:
        return None
    return JSONResponse({"message": "Authentication failed"}, 401)


def throttled(left: int, limit: int, reset: int) -> Response:
    wait = min(max(reset - round(time.time()), 1), 60)
    headers = {"retry-after": str(wait), **limit_headers(left, limit, reset)}
    return JSONResponse({"message": "Too many requests"}, 429, headers)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(reset_unix),
    }


def _endpoint(view: View, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return answer(view, request, _asked(await request.body()))
        except _Refused as refused:
            return JSONResponse({"message": str(refused)}, refused.status)

    return endpoint


def _asked(body: bytes) -> Record:
    try:
        sent = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise _Refused from error
    if not isinstance(sent, dict):
        raise _Refused
    return Record(sent)


async def _retired(_request: Request) -> Response:
    return JSONResponse({"success": False, "message": "deprecated API endpoint"}, 404)


def _me(_view: View, _request: Request, _asked: Record) -> Response:
    return JSONResponse({"user": {"id": "user_5eed", "name": None}, "workspace": {"id": "5eed"}})


def _filters_mode(_view: View, _request: Request, asked: Record) -> Response:
    filters = asked.record("filters")
    is_known = set(filters.names()) <= _FILTERS
    levels = set(filters.texts("job_title_seniority_levels_v2"))
    if asked.text("source_type") != "people" or not is_known or not levels <= set(LEVELS):
        raise _Refused
    if not filters.texts("company_identifier"):
        raise _Refused
    return JSONResponse({"search_id": SEARCHES.begin(asked)})


def _query_mode(_view: View, _request: Request, asked: Record) -> Response:
    if not _BY_DOMAIN.fullmatch(asked.text("query") or ""):
        raise _Refused
    return JSONResponse({"search_id": SEARCHES.begin(asked), "source_type": "companies"})


def _page(view: View, request: Request, asked: Record) -> Response:
    """What comes after the page before: no page is given twice."""
    search = SEARCHES.get(request.path_params["search"])
    if search is None:
        raise _Refused("Search not found", 404)
    limit = asked.integer("limit") or _USUAL_PAGE
    if not 1 <= limit <= _LARGEST_PAGE:
        raise _Refused
    rows = list(_rows(view, search.asked))
    start = search.advance(limit)
    shown = rows[start : start + limit]
    body = {"data": shown, "has_more": start + limit < len(rows), "period_quota": _quota(shown)}
    source = {"source_type": "companies"} if search.asked.text("query") else {}
    return JSONResponse(body | source)


def _quota(shown: list[dict[str, object]]) -> dict[str, object]:
    limit, used = 100_000, len(shown)
    left = limit - used
    resets_at = "2027-01-01T00:00:00.000Z"
    return {"limit": limit, "used": used, "remaining": left, "resets_at": resets_at}


def _rows(view: View, asked: Record) -> Iterator[dict[str, object]]:
    said = _BY_DOMAIN.fullmatch(asked.text("query") or "")
    if said is not None:
        company = view.company_by_domain(said[1])
        return iter([company_row(company)] if company else [])
    return _people(view, asked.record("filters"))


def _people(view: View, filters: Record) -> Iterator[dict[str, object]]:
    titles = [title.lower() for title in filters.texts("job_title_keywords")]
    levels = filters.texts("job_title_seniority_levels_v2")
    for identifier in filters.texts("company_identifier"):
        company = view.company_by_domain(identifier)
        if company is None:
            continue
        for person in view.staff(company):
            titled = not titles or any(title in person.title.lower() for title in titles)
            if titled and (not levels or level_of(person) in levels):
                yield person_row(person, company)


def _run(_view: View, request: Request, asked: Record) -> Response:
    routine, items = request.path_params["routine"], asked.records("items")
    if routine not in _ROUTINES:
        raise _Refused("Not found", 404)
    if not 1 <= len(items) <= _MOST_ITEMS or not all(item.text("id") for item in items):
        raise _Refused
    run = RUNS.begin(Record({"routine": routine, "items": asked.value("items")}))
    return JSONResponse({"routine_run_id": run, "status": "in_progress"}, 202)


def _results(view: View, request: Request, _asked: Record) -> Response:
    name = request.path_params["run"]
    run = RUNS.get(name)
    if run is None:
        raise _Refused("Not found", 404)
    items = run.asked.records("items")
    body = {"routine_run_id": name, "total": len(items)}
    if run.advance() < _ROUTINES[run.asked.text("routine") or ""]:
        return JSONResponse({**body, "finished": 0, "status": "in_progress"}, 202)
    data = list(map(partial(_item, view), items))
    return JSONResponse({**body, "finished": len(items), "status": "complete", "data": data})


def _item(view: View, item: Record) -> dict[str, object]:
    inputs = item.record("inputs")
    company, person = _employer(view, inputs), None
    if inputs.text("linkedin_url"):
        person = view.person_by_linkedin((inputs.text("linkedin_url") or "").rpartition("/")[2])
    elif company is not None:
        person = view.person_named(inputs.text("full_name") or "", company)
    result = {"Work Email": person.email or None if person else None}
    return {"id": item.text("id"), "status": "complete", "result": result}


def _employer(view: View, inputs: Record) -> Company | None:
    domain, name = inputs.text("domain"), inputs.text("company_name")
    if domain:
        return view.company_by_domain(domain)
    return next(iter(view.companies_named(name, 1)), None) if name else None
