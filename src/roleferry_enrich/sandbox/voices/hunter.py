"""Hunter as its clients meet it: one envelope of data and meta, errors as a list."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import formatdate

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.documents import hunter as documents
from roleferry_enrich.sandbox.population import Company, Person, View

NAME = "hunter"
WINDOWS = (Window(15, timedelta(seconds=1)), Window(500, timedelta(minutes=1)))

_REQUIRED = {"full_name": "first_name", "position": "position", "phone_number": "phone_number"}
_LARGEST_PAGE = 100
_SHORTEST_NAME = 3


def routes(view: View) -> list[Route]:
    hunter = _Hunter(view)
    return [
        Route("/v2/domain-search", hunter.domain_search, methods=["GET", "POST"]),
        Route("/v2/email-finder", hunter.email_finder),
        Route("/v2/email-verifier", hunter.email_verifier),
        Route("/v2/email-count", hunter.email_count),
        Route("/v2/domain-finder", hunter.domain_finder),
        Route("/v2/people/find", hunter.person),
        Route("/v2/companies/find", hunter.company),
        Route("/v2/combined/find", hunter.combined),
        Route("/v2/account", account),
    ]


def authorised(request: Request) -> Response | None:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    key = request.query_params.get("api_key") or request.headers.get("x-api-key") or bearer
    if not key.strip():
        return _error(401, "authentication_failed", "No API key was supplied.")
    if "invalid" in key:
        text = "No user found for the API key supplied."
        return _error(401, "authentication_failed", text)
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001  # one form for all
    """As Hunter's own client expects it; its documentation says 403."""
    refused = _error(429, "too_many_requests", "You have reached the rate limit.")
    refused.headers["Retry-After"] = formatdate(reset, usegmt=True)
    return refused


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    """Hunter publishes none."""
    return {}


async def account(request: Request) -> Response:  # noqa: ARG001  # every key has this account
    used = {"used": 550, "available": 10_000}
    return _answer(
        {
            "first_name": "Sandbox",
            "last_name": "Account",
            "email": "account@sandbox.test",
            "plan_name": "Growth",
            "plan_level": 2,
            "reset_date": "2026-12-01",
            "team_id": 1,
            "requests": {"credits": used, "searches": used, "verifications": used},
            "calls": used,
        }
    )


class _Hunter:
    def __init__(self, view: View) -> None:
        self._view = view

    async def domain_search(self, request: Request) -> Response:
        asked = request.query_params
        refused = _refused_search(request)
        if refused is not None:
            return refused
        company = self._company(request)
        rows = [row for row in self._rows(company) if _is_wanted(request, row)]
        limit, offset = int(asked.get("limit", 10)), int(asked.get("offset", 0))
        data = {
            "domain": company.domain if company else asked.get("domain"),
            "disposable": False,
            "webmail": False,
            "accept_all": any(row["verification"]["status"] == "accept_all" for row in rows),
            "pattern": None,
            "organization": company.name if company else None,
            "linked_domains": [],
            "emails": rows[offset : offset + limit],
        }
        meta = {"results": len(rows), "limit": limit, "offset": offset}
        names = ("domain", "company", "type", "seniority", "department")
        return _answer(data, **meta, params={name: asked.get(name) for name in names})

    async def email_finder(self, request: Request) -> Response:
        asked = request.query_params
        names = ("first_name", "last_name", "full_name", "domain", "company", "linkedin_handle")
        params = {name: asked.get(name) for name in (*names, "max_duration")}
        refused = _refused_finder(params)
        if refused is not None:
            return refused
        person, company = self._sought(request)
        if person is None or company is None or not person.email:
            return _answer(documents.nobody_found(params, company), params=params)
        mailbox = self._view.mailbox(person.email)
        return _answer(documents.finder_document(person, company, mailbox), params=params)

    async def email_verifier(self, request: Request) -> Response:
        email = request.query_params.get("email", "")
        if not email:
            return _missing("email")
        name, _, domain = email.partition("@")
        if not name or "." not in domain:
            return _error(400, "invalid_email", "The email address is invalid.")
        mailbox = self._view.mailbox(email)
        return _answer(documents.verifier_document(email, mailbox), params={"email": email})

    async def email_count(self, request: Request) -> Response:
        asked = request.query_params
        if not asked.get("domain") and not asked.get("company"):
            return _missing("domain")
        rows = self._rows(self._company(request))
        personal = [row for row in rows if row["type"] == "personal"]
        data = {
            "total": len(rows),
            "personal_emails": len(personal),
            "generic_emails": len(rows) - len(personal),
            "department": _counts(personal, "department", documents.DEPARTMENTS),
            "seniority": _counts(personal, "seniority", documents.SENIORITIES),
        }
        names = ("domain", "company", "type")
        return _answer(data, params={name: asked.get(name) for name in names})

    async def domain_finder(self, request: Request) -> Response:
        name, limit = request.query_params.get("company", ""), request.query_params.get("limit")
        most = int(limit) if limit and limit.isdecimal() else 5
        if len(name) < _SHORTEST_NAME or not 1 <= most <= 10:
            return _missing("company")
        found = [one for one in self._view.companies_named(name, most) if one.domain]
        rows = [_domain_row(one, len(self._view.staff(one))) for one in found]
        return _answer(rows, results=len(rows), params={"company": name, "limit": most})

    async def person(self, request: Request) -> Response:
        asked = request.query_params
        if not asked.get("email") and not asked.get("linkedin_handle"):
            return _missing("email")
        person = self._by_handle_or_email(request)
        if person is None:
            return _not_found("person with this email address")
        document = documents.person_document(person, self._view.company_by_id(person.company_id))
        return _answer(document, email=asked.get("email"))

    async def company(self, request: Request) -> Response:
        domain = request.query_params.get("domain", "")
        if not domain:
            return _missing("domain")
        company = self._view.company_by_domain(domain.lower())
        if company is None:
            return _not_found("company with this domain")
        return _answer(documents.company_document(company), domain=domain)

    async def combined(self, request: Request) -> Response:
        email = request.query_params.get("email", "")
        if not email:
            return _missing("email")
        person = self._view.person_by_email(email)
        company = self._view.company_by_domain(email.rpartition("@")[2].lower())
        if person is None and company is None:
            return _not_found("person with this email address")
        halves = {
            "person": person and documents.person_document(person, company),
            "company": company and documents.company_document(company),
        }
        return _answer(halves, email=email)

    def _company(self, request: Request) -> Company | None:
        domain, name = (request.query_params.get(n, "") for n in ("domain", "company"))
        if domain:
            return self._view.company_by_domain(domain.lower())
        return next(iter(self._view.companies_named(name, 1)), None)

    def _rows(self, company: Company | None) -> list[documents.Document]:
        """Hunter knows people by their addresses: who has none is not there."""
        if company is None or not company.domain:
            return []
        staff = [person for person in self._view.staff(company) if person.email]
        rows = [documents.email_row(p, company, self._view.mailbox(p.email)) for p in staff]
        return [*rows, documents.generic_row(company)]

    def _sought(self, request: Request) -> tuple[Person | None, Company | None]:
        asked = request.query_params
        if asked.get("linkedin_handle"):
            person = self._view.person_by_linkedin(asked["linkedin_handle"])
            return person, self._view.company_by_id(person.company_id) if person else None
        company = self._company(request)
        parts = (asked.get("first_name"), asked.get("last_name"))
        name = asked.get("full_name") or " ".join(part for part in parts if part)
        return self._view.person_named(name, company) if company else None, company

    def _by_handle_or_email(self, request: Request) -> Person | None:
        handle, email = (request.query_params.get(n) for n in ("linkedin_handle", "email"))
        if handle:
            return self._view.person_by_linkedin(handle)
        return self._view.person_by_email(email or "")


def _refused_search(request: Request) -> Response | None:
    asked = request.query_params
    if not asked.get("domain") and not asked.get("company"):
        return _missing("domain")
    if asked.get("type") not in {None, "personal", "generic"}:
        return _error(400, "invalid_type", "The type is invalid.")
    for name, known in (
        ("seniority", documents.SENIORITIES),
        ("department", documents.DEPARTMENTS),
    ):
        if not set(_listed(request, name)) <= set(known):
            return _error(400, f"invalid_{name}", f"The {name} is invalid.")
    limit, offset = asked.get("limit", "10"), asked.get("offset", "0")
    countable = limit.isdecimal() and offset.isdecimal()
    if not countable or not 1 <= int(limit) <= _LARGEST_PAGE:
        return _error(400, "pagination_error", "The limit or offset is invalid.")
    return None


def _refused_finder(params: dict[str, str | None]) -> Response | None:
    if params["linkedin_handle"]:
        return None
    if not params["domain"] and not params["company"]:
        return _missing("domain")
    if not params["full_name"] and not (params["first_name"] and params["last_name"]):
        return _missing("full_name")
    return None


def _is_wanted(request: Request, row: documents.Document) -> bool:
    asked = request.query_params
    titles = [title.casefold() for title in _listed(request, "job_titles")]
    needed = [_REQUIRED[name] for name in _listed(request, "required_field") if name in _REQUIRED]
    return (
        asked.get("type") in {None, row["type"]}
        and all(row[name] for name in needed)
        and all(
            row[name] in _listed(request, name)
            for name in ("seniority", "department")
            if asked.get(name)
        )
        and (not titles or any(_holds(row["position"] or "", title) for title in titles))
    )


def _holds(position: str, title: str) -> bool:
    """Hunter takes `CTO` for `Chief Technology Officer` too."""
    words = position.casefold().split()
    return title in " ".join(words) or title == "".join(word[0] for word in words)


def _listed(request: Request, name: str) -> list[str]:
    parts = request.query_params.get(name, "").split(",")
    return [part.strip() for part in parts if part.strip()]


def _counts(
    rows: Sequence[documents.Document], member: str, names: Iterable[str]
) -> dict[str, int]:
    return {name: sum(row[member] == name for row in rows) for name in names}


def _domain_row(company: Company, people: int) -> documents.Document:
    return {
        "domain": company.domain,
        "company_name": company.name,
        "logo": None,
        "email_count": people + 1,
    }


def _answer(data: object, **meta: object) -> Response:
    return JSONResponse({"data": data, "meta": meta})


def _missing(parameter: str) -> Response:
    return _error(400, "wrong_params", f"You are missing the {parameter} parameter")


def _not_found(what: str) -> Response:
    return _error(404, "not_found", f"We couldn't find any {what}.")


def _error(status: int, name: str, details: str) -> Response:
    return JSONResponse({"errors": [{"id": name, "code": status, "details": details}]}, status)
