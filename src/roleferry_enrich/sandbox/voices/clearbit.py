"""Clearbit as its clients meet it. Its hosts are one here: no two of their paths are the same."""

import base64
import binascii
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import clearbit as documents
from roleferry_enrich.sandbox.population import Company, Person, View

NAME = "clearbit"
WINDOWS = (Window(600, timedelta(minutes=1)),)

_AUTOCOMPLETE = "/v1/companies/suggest"  # the one API that asks for no key
_SMALLEST_PAGE, _LARGEST_PAGE = 5, 20


def routes(view: View) -> list[Route]:
    clearbit = _Clearbit(view)
    return [
        Route("/v2/combined/find", clearbit.combined),
        Route("/v2/people/find", clearbit.person),
        Route("/v2/people/{document}", clearbit.person_again),
        Route("/v2/companies/find", clearbit.company),
        Route("/v2/companies/{document}", clearbit.company_again),
        Route("/v1/domains/find", clearbit.domain),
        Route(_AUTOCOMPLETE, clearbit.suggestions),
        Route("/v1/people/search", clearbit.prospects),
        Route("/v1/people/{document}/email", clearbit.prospect_email),
    ]


def authorised(request: Request) -> Response | None:
    if request.url.path.endswith(_AUTOCOMPLETE):
        return None
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = _basic_user(given) if scheme.lower() == "basic" else given.strip()
    if not key:
        text = "Authentication is required for this action. Sign up at https://clearbit.com"
        return _error(401, "auth_required", text)
    if "invalid" in key:
        return _error(401, "invalid_api_key", "Invalid API key provided")
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # one form for all
    """No Retry-After: the headers alone say when the window ends."""
    return _error(429, "rate_limit", f"You have exceeded your limit of {limit} requests.")


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(reset_unix),
    }


def _basic_user(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


class _Clearbit:
    def __init__(self, view: View) -> None:
        self._view = view

    async def combined(self, request: Request) -> Response:
        email = request.query_params.get("email", "")
        if not _is_email(email):
            return _error(422, "email_invalid", "Invalid email.")
        person = self._view.person_by_email(email)
        company = self._employer(person) or self._view.company_by_domain(email.rpartition("@")[2])
        if person is None and company is None:
            return _unknown("Person")
        return _found(
            {
                "person": person and documents.person_document(person, company, email),
                "company": company and documents.company_document(company),
            }
        )

    async def person(self, request: Request) -> Response:
        email = request.query_params.get("email", "")
        if not _is_email(email):
            return _error(422, "email_invalid", "Invalid email.")
        return self._person(self._view.person_by_email(email), email)

    async def person_again(self, request: Request) -> Response:
        person = self._by_document(request)
        return self._person(person, person.email if person else "")

    async def company(self, request: Request) -> Response:
        domain = request.query_params.get("domain", "")
        if "." not in domain:
            return _error(422, "domain_invalid", "Invalid domain.")
        return _company(self._view.company_by_domain(domain.lower()))

    async def company_again(self, request: Request) -> Response:
        number = documents.number_of(request.path_params["document"])
        return _company(None if number is None else self._view.company_by_id(number))

    async def domain(self, request: Request) -> Response:
        name = request.query_params.get("name", "")
        if not name.strip():
            return _error(422, "params_invalid", "Name is required.")
        company = next(iter(self._view.companies_named(name, 1)), None)
        if company is None or not company.domain:
            return _unknown("Company")
        return _found({"name": company.name, "domain": company.domain, "logo": None})

    async def suggestions(self, request: Request) -> Response:
        text = request.query_params.get("query", "")
        found = self._view.companies_named(text, 5) if text.strip() else ()
        return JSONResponse(
            [{"name": one.name, "domain": one.domain, "logo": None} for one in found if one.domain]
        )

    async def prospects(self, request: Request) -> Response:
        asked = request.query_params
        company = self._view.company_by_domain(asked.get("domain", "").lower())
        staff = self._view.staff(company) if company else ()
        found = [person for person in staff if _is_wanted(request, person)]
        page = max(_whole(asked.get("page"), 1), 1)
        size = min(max(_whole(asked.get("page_size"), _SMALLEST_PAGE), 1), _LARGEST_PAGE)
        with_email = asked.get("email") == "true"
        rows = found[(page - 1) * size : page * size]
        return _found(
            {
                "page": page,
                "page_size": size,
                "total": len(found),
                "results": [_prospect(one, company, with_email=with_email) for one in rows],
            }
        )

    async def prospect_email(self, request: Request) -> Response:
        person = self._by_document(request)
        if person is None or not person.email:
            return _unknown("Person")
        return _found({"email": person.email, "verified": self._verified(person)})

    def _person(self, person: Person | None, email: str) -> Response:
        if person is None:
            return _unknown("Person")
        return _found(documents.person_document(person, self._employer(person), email))

    def _employer(self, person: Person | None) -> Company | None:
        return self._view.company_by_id(person.company_id) if person else None

    def _by_document(self, request: Request) -> Person | None:
        number = documents.number_of(request.path_params["document"])
        return None if number is None else self._view.person_by_id(number)

    def _verified(self, person: Person) -> bool:
        return self._view.mailbox(person.email) == "valid"


def _is_email(text: str) -> bool:
    name, _, domain = text.partition("@")
    return bool(name) and "." in domain and " " not in text


def _company(company: Company | None) -> Response:
    return _unknown("Company") if company is None else _found(documents.company_document(company))


def _is_wanted(request: Request, person: Person) -> bool:
    titles = [title.casefold() for title in _all(request, "title", "titles[]")]
    roles, seniorities = (
        _all(request, "role", "roles[]"),
        _all(request, "seniority", "seniorities[]"),
    )
    return (
        (not titles or any(title in person.title.casefold() for title in titles))
        and (not roles or documents.role_of(person) in roles)
        and (not seniorities or documents.seniority_of(person) in seniorities)
    )


def _all(request: Request, *names: str) -> list[str]:
    return [value for name in names for value in request.query_params.getlist(name) if value]


def _prospect(person: Person, company: Company | None, *, with_email: bool) -> documents.Document:
    return {
        "id": f"e_{documents.document_id(person.id)}",
        "name": documents.name_document(person),
        "title": person.title or None,
        "role": documents.role_of(person),
        "subRole": None,
        "seniority": documents.seniority_of(person),
        "company": {"name": company.name if company else None},
        "email": person.email or None if with_email else None,
        "location": person.city or None,
        "phone": None,
        "verified": None,
    }


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _found(body: documents.Document) -> Response:
    return JSONResponse(body, headers={"X-API-Version": "2019-12-19"})


def _unknown(what: str) -> Response:
    return _error(404, "unknown_record", f"{what} not found")


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)
