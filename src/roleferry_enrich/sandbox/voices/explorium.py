"""Explorium as the sandbox speaks it: match first, then enrich, and no field it does not know.

Prices are answered where `credit-usage: true` asks for them, as the real one does.
"""

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.replies import Record
from roleferry_enrich.sandbox.documents.explorium import (
    contacts,
    credits_left,
    firmographics,
    level_named,
    level_of,
    listed,
    number_of,
    profile,
    technographics,
    workforce_trends,
)
from roleferry_enrich.sandbox.population import Company, Person, View
from roleferry_enrich.sandbox.voices.explorium_matching import (
    MOST_AT_ONCE,
    Body,
    Refused,
    match_businesses,
    match_prospects,
    refuse_unknown,
)

NAME = "explorium"
WINDOWS = (Window(200, timedelta(minutes=1)),)

Answer = Callable[[View, Record], Body]
Facts = Body | None

_ENRICH_FIELDS = ("request_context", "parameters")
_FETCH_FIELDS = (
    "request_context",
    "mode",
    "size",
    "page",
    "page_size",
    "next_cursor",
    "exclude",
    "filters",
)
_LARGEST_PAGE = 100
_COMPANY_ENRICHMENTS: Mapping[str, Callable[[Company], Facts]] = MappingProxyType(
    {
        "firmographics": firmographics,
        "technographics": technographics,
        "workforce_trends": workforce_trends,
    }
)


def routes(view: View) -> list[Route]:
    answers: dict[str, Answer] = {
        "businesses/match": match_businesses,
        "prospects/match": match_prospects,
        "prospects": _fetch_prospects,
        "prospects/profiles/enrich": _profile,
        "prospects/contacts_information/enrich": _contacts,
        "prospects/profiles/bulk_enrich": partial(_for_each, _profile, "prospect_id"),
        "prospects/contacts_information/bulk_enrich": partial(_for_each, _contacts, "prospect_id"),
    }
    for kind, facts in _COMPANY_ENRICHMENTS.items():
        enrich = partial(_enrich_company, facts)
        answers[f"businesses/{kind}/enrich"] = enrich
        answers[f"businesses/{kind}/bulk_enrich"] = partial(_for_each, enrich, "business_id")
    return [
        Route(f"/v1/{path}", _endpoint(view, answer), methods=["POST"])
        for path, answer in answers.items()
    ] + [Route("/v1/credits", credits_left)]


def authorised(request: Request) -> Response | None:
    key = request.headers.get("api_key", "")
    if key and "invalid" not in key:
        return None
    return JSONResponse({"details": "Invalid API key.", "correlation_id": _correlation(b"")}, 401)


def throttled(left: int, limit: int, reset: int) -> Response:
    wait = _seconds_until(reset)
    message = f"API rate limit exceeded. Please retry after {wait} seconds."
    body = {"error": "rate_limit_exceeded", "message": message, "retry_after": wait}
    headers = {"Retry-After": str(wait), **limit_headers(left, limit, reset)}
    return JSONResponse(body, 429, headers)


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(reset_unix),
    }


def _seconds_until(reset: int) -> int:
    return min(max(reset - round(time.time()), 1), 60)


def _endpoint(view: View, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        sent = await request.body()
        try:
            body = answer(view, _asked(sent))
        except Refused as refused:
            return JSONResponse({"detail": [refused.detail]}, 422)
        found = body.get("data") or body.get("total_matches")
        context = {
            "correlation_id": _correlation(sent),
            "request_status": "success" if found else "miss",
            "time_took_in_seconds": 0.042,
        }
        priced = request.headers.get("credit-usage", "").lower() == "true"
        usage = body.pop("credit_usage", None)
        shown = {"credit_usage": usage} if priced and usage else {}
        return JSONResponse({"response_context": context, **body, **shown})

    return endpoint


def _asked(sent: bytes) -> Record:
    try:
        body = orjson.loads(sent)
    except orjson.JSONDecodeError as error:
        raise Refused((), "Expecting value", "value_error.jsondecode") from error
    if not isinstance(body, dict):
        raise Refused((), "value is not a valid dict", "type_error.dict")
    return Record(body)


def _enrich_company(facts_of: Callable[[Company], Facts], view: View, asked: Record) -> Body:
    number = _number(asked, "business_id", digits=32)
    company = view.company_by_id(number)
    return _enriched(asked, facts_of(company) if company else None, credits=1)


def _profile(view: View, asked: Record) -> Body:
    person = view.person_by_id(_number(asked, "prospect_id", digits=40))
    return _enriched(asked, profile(view, person) if person else None, credits=1)


def _contacts(view: View, asked: Record) -> Body:
    """Two credits for addresses alone, five with phones, which are included unless left out."""
    person = view.person_by_id(_number(asked, "prospect_id", digits=40))
    kinds = frozenset(asked.texts("parameters", "contact_types")) or {"email", "phone"}
    found = contacts(view, person, frozenset(kinds)) if person else None
    return _enriched(asked, found, credits=5 if "phone" in kinds else 2)


def _for_each(enrich: Answer, member: str, view: View, asked: Record) -> Body:
    """An enrichment for up to 50 ids; of those without a record only the id is answered."""
    many = f"{member}s"
    refuse_unknown(asked, (), (*_ENRICH_FIELDS, many))
    ids, same = asked.texts(many), {"parameters": asked.value("parameters") or {}}
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise Refused((many,), "ensure this value has 1 to 50 items", "value_error.list")
    each = {one: Record(enrich(view, Record({member: one, **same}))) for one in ids}
    credits = sum(found.integer("credit_usage", "total_credits") or 0 for found in each.values())
    rows = [{member: one, "data": found.value("data")} for one, found in each.items()]
    return {"data": rows, "total_results": len(rows), **_usage(len(rows), credits)}


def _number(asked: Record, member: str, *, digits: int) -> int:
    refuse_unknown(asked, (), (*_ENRICH_FIELDS, member))
    identity = asked.text(member) or ""
    pattern = f"^[a-f0-9]{{{digits}}}$"
    if not re.fullmatch(pattern, identity):
        message = f'string does not match regex "{pattern}"'
        raise Refused((member,), message, "value_error.str.regex")
    return number_of(identity)


def _enriched(asked: Record, facts: Facts, *, credits: int) -> Body:
    entity = asked.text("business_id") or asked.text("prospect_id")
    return {"data": facts, "entity_id": entity, **_usage(1, credits if facts else 0)}


def _usage(results: int, credits: int) -> Body:
    return {"credit_usage": {"total_results": results, "total_credits": credits}}


def _fetch_prospects(view: View, asked: Record) -> Body:
    refuse_unknown(asked, (), _FETCH_FIELDS)
    page, size = asked.integer("page") or 1, asked.integer("page_size") or _LARGEST_PAGE
    if page < 1:
        message = "ensure this value is greater than or equal to 1"
        raise Refused(("page",), message, "value_error.number.not_ge")
    if not 1 <= size <= _LARGEST_PAGE:
        message = "ensure this value is less than or equal to 100"
        raise Refused(("page_size",), message, "value_error.number.not_le")
    people = list(_people_wanted(view, asked.record("filters")))
    most = asked.integer("size") or len(people)
    rows = [listed(view, person) for person in people[:most][(page - 1) * size : page * size]]
    return {
        "total_results": len(people),
        "page": page,
        "total_pages": -(-min(most, len(people)) // size),
        "data": rows,
        **_usage(len(rows), len(rows)),
    }


def _people_wanted(view: View, filters: Record) -> Iterator[Person]:
    """Those of the companies named; of the other filters only level and title are spoken."""
    levels = {level_named(level) for level in filters.texts("job_level", "values")}
    if None in levels:
        where = ("filters", "job_level", "values")
        raise Refused(where, "value is not a valid enumeration member", "type_error.enum")
    titles = [set(title.lower().split()) for title in filters.texts("job_title", "values")]
    for identity in filters.texts("business_id", "values"):
        company = view.company_by_id(number_of(identity))
        for person in view.staff(company) if company else ():
            words = set(person.title.lower().split())
            senior = not levels or level_of(person) in levels
            if senior and (not titles or any(title <= words for title in titles)):
                yield person


def _correlation(sent: bytes) -> str:
    return hashlib.blake2b(sent, digest_size=16).hexdigest()
