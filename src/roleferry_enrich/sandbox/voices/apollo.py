"""Apollo as the sandbox speaks it: its paths, masks, null matches and refusals over a view."""

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.replies import Record
from roleferry_enrich.sandbox.documents.apollo import (
    masked_person,
    organization_record,
    person_number,
    person_record,
)
from roleferry_enrich.sandbox.population import Company, Person, View

NAME = "apollo"
# The real one counts each endpoint by itself; this is what its enrichment endpoints allow.
WINDOWS = (Window(1_000, timedelta(minutes=1)),)

_MOST_IN_BULK = 10
_LARGEST_PAGE = 100
_LAST_PAGE = 500

Answer = Callable[[View, Record], Response]


def routes(view: View) -> list[Route]:
    answers: dict[tuple[str, str], Answer] = {
        ("POST", "people/match"): _match,
        ("POST", "people/bulk_match"): _bulk_match,
        ("POST", "mixed_people/api_search"): _search,
        ("POST", "mixed_people/search"): _retired_search,
        ("GET", "organizations/enrich"): _organization,
        ("POST", "usage_stats/credit_usage_stats"): _credits,
        ("POST", "organizations/bulk_enrich"): _organizations,
    }
    # The older paths without /api still answer.
    return [
        Route(f"{root}/{path}", _endpoint(view, answer), methods=[method])
        for root in ("/api/v1", "/v1")
        for (method, path), answer in answers.items()
    ]


def authorised(request: Request) -> Response | None:
    """A POST without a key in its header is judged with its body: the key may be in there."""
    key = request.headers.get("x-api-key", "")
    if "api_key" in request.query_params:
        return _misplaced_key()
    if "invalid" in key or (not key and request.method != "POST"):
        return _unknown_key()
    return None


def throttled(left: int, limit: int, reset: int) -> Response:
    message = (
        f"The maximum number of api calls allowed for this endpoint is {limit} times per minute."
        " Please upgrade your plan."
    )
    headers = {"retry-after": str(_seconds_until(reset)), **limit_headers(left, limit, reset)}
    return JSONResponse({"message": message}, 429, headers)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001  # never said
    """An hour and a day without a limit give empty headers, as enrichment has on paid plans."""
    return {
        "x-rate-limit-minute": str(limit),
        "x-minute-usage": str(limit - left),
        "x-minute-requests-left": str(left),
        "x-rate-limit-hourly": "",
        "x-rate-limit-24-hour": "",
    }


def _seconds_until(reset: int) -> int:
    return min(max(reset - round(time.time()), 1), 60)


def _endpoint(view: View, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        asked = _asked(request, await request.body())
        if asked is None:
            return JSONResponse({"error": "The request could not be parsed."}, 400)
        if "api_key" in asked.names():
            return _misplaced_key()
        if not request.headers.get("x-api-key"):
            return _unknown_key()
        return answer(view, asked)

    return endpoint


def _asked(request: Request, body: bytes) -> Record | None:
    """Parameters are taken from the query (lists as `name[]`) and from a JSON body alike."""
    query = request.query_params
    asked: dict[str, object] = {
        name.removesuffix("[]"): query.getlist(name) if name.endswith("[]") else query[name]
        for name in query
    }
    try:
        sent = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return None
    return Record({**asked, **sent}) if isinstance(sent, dict) else None


def _unknown_key() -> Response:
    return PlainTextResponse(
        "Invalid API key. See https://docs.apollo.io/reference/authentication"
        " for how to authenticate.",
        401,
    )


def _misplaced_key() -> Response:
    error = "API keys are taken from the X-Api-Key header only."
    return JSONResponse({"error": error, "error_code": "INVALID_API_KEY_LOCATION"}, 422)


def _match(view: View, asked: Record) -> Response:
    person = _person_asked_for(view, asked)
    found = person_record(view, person, personal=_wants_personal(asked)) if person else None
    return JSONResponse({"person": found, "request_id": _request_id(person)})


def _bulk_match(view: View, asked: Record) -> Response:
    """The matches come in another order than the details, a null for each that is missing."""
    if not isinstance(asked.value("details"), list):
        return _failed("UNKNOWN_ERROR", "no implicit conversion of Symbol into Integer", 422)
    details = asked.records("details")
    if len(details) > _MOST_IN_BULK:
        return _failed(
            "RECORD_LIMIT_EXCEEDED", "cannot enrich more than 10 in a single request", 400
        )
    people = [_person_asked_for(view, detail) for detail in reversed(details)]
    personal = _wants_personal(asked)
    found = [
        person_record(view, person, personal=personal) if person else None for person in people
    ]
    unique = {person.id for person in people if person}
    return JSONResponse(
        {
            "status": "success",
            "error_code": None,
            "error_message": None,
            "total_requested_enrichments": len(details),
            "unique_enriched_records": len(unique),
            "missing_records": people.count(None),
            "credits_consumed": float(len(unique)),
            "matches": found,
            "request_id": _request_id(next(iter(people), None)),
        }
    )


def _failed(code: str, message: str, status: int) -> Response:
    body = {"status": "failed", "error_code": code, "error_message": message}
    return JSONResponse(body, status)


def _search(view: View, asked: Record) -> Response:
    page, size = asked.integer("page") or 1, asked.integer("per_page") or 25
    if not 1 <= page <= _LAST_PAGE:
        return JSONResponse({"error": "Page must be between 1 and 500"}, 422)
    size = min(max(size, 1), _LARGEST_PAGE)
    people = list(_people_wanted(view, asked))
    shown = people[(page - 1) * size : page * size]
    return JSONResponse(
        {"total_entries": len(people), "people": [masked_person(*row) for row in shown]}
    )


def _retired_search(_view: View, _asked: Record) -> Response:
    error = (
        "This endpoint is deprecated for API callers. Please use the new mixed_people/api_search"
        " endpoint: https://docs.apollo.io/reference/people-api-search."
    )
    return JSONResponse({"error": error}, 422)


def _credits(view: View, asked: Record) -> Response:  # noqa: ARG001  # every key has these
    lead = {"limit": 10_000, "consumed": 2_500, "left_over": 7_500}
    cycle = {"start_date": "2026-11-01T00:00:00.000Z", "end_date": "2026-12-01T00:00:00.000Z"}
    return JSONResponse(
        {"credit_usage_stats": {"lead_credit": lead}, "current_credit_cycle": cycle}
    )


def _organization(view: View, asked: Record) -> Response:
    identities = ("domain", "name", "linkedin_url", "website")
    if not any(asked.text(name) for name in identities):
        return JSONResponse({"error": "Required parameter 'domain' missing"}, 422)
    company = _company_asked_for(view, asked, named="name")
    return JSONResponse({"organization": organization_record(company) if company else None})


def _organizations(view: View, asked: Record) -> Response:
    """Those known, in another order than the domains, and nothing for those that are not."""
    domains = asked.texts("domains")
    if not domains:
        return JSONResponse({"error": "Required parameter 'domains' missing"}, 422)
    if len(domains) > _MOST_IN_BULK:
        return _failed(
            "RECORD_LIMIT_EXCEEDED", "cannot enrich more than 10 in a single request", 400
        )
    known = {domain: view.company_by_domain(domain) for domain in reversed(domains)}
    found = [organization_record(company) for company in known.values() if company]
    return JSONResponse(
        {
            "status": "success",
            "error_code": None,
            "error_message": None,
            "total_requested_domains": len(domains),
            "unique_domains": len(known),
            "unique_enriched_records": len(found),
            "missing_records": len(known) - len(found),
            "organizations": found,
        }
    )


def _person_asked_for(view: View, asked: Record) -> Person | None:
    identity, email, profile = asked.text("id"), asked.text("email"), asked.text("linkedin_url")
    if identity:
        number = person_number(identity)
        return None if number is None else view.person_by_id(number)
    if email:
        return view.person_by_email(email)
    if profile:
        return view.person_by_linkedin(_slug(profile))
    parts = (asked.text("first_name"), asked.text("last_name"))
    name = asked.text("name") or " ".join(part for part in parts if part)
    company = _company_asked_for(view, asked, named="organization_name")
    return view.person_named(name, company) if name and company else None


def _company_asked_for(view: View, asked: Record, *, named: str) -> Company | None:
    domain, name = asked.text("domain") or asked.text("website"), asked.text(named)
    profile = asked.text("linkedin_url")
    if domain:
        return view.company_by_domain(domain.partition("//")[2] or domain)
    if name:
        return next(iter(view.companies_named(name, 1)), None)
    return view.company_by_linkedin(_slug(profile)) if profile else None


def _people_wanted(view: View, asked: Record) -> Iterator[tuple[Person, Company]]:
    seniorities = asked.texts("person_seniorities")
    titles = [title.lower() for title in asked.texts("person_titles")]
    for domain in asked.texts("q_organization_domains_list"):
        company = view.company_by_domain(domain)
        if company is None:
            continue
        for person in view.staff(company):
            senior = not seniorities or person.seniority in seniorities
            titled = not titles or any(title in person.title.lower() for title in titles)
            if senior and titled:
                yield person, company


def _slug(profile: str) -> str:
    return profile.rstrip("/").rpartition("/")[2]


def _request_id(person: Person | None) -> int:
    """Signed and too long for a float, as Apollo's are."""
    return -(2**62) - (person.id if person else 0)


def _wants_personal(asked: Record) -> bool:
    return str(asked.value("reveal_personal_emails")).lower() == "true"
