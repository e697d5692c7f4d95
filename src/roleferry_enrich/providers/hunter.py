"""Hunter: the people of a domain with their addresses, one person, one company, one mailbox.

https://hunter.io/api-documentation/v2. Hunter has no company register and few phones; nearly
everybody it knows, it knows by an address.
"""

from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import CompanyQuery, EmailQuery, Keys, PersonQuery
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.claims.clearbit import company_of, person_of
from roleferry_enrich.providers.claims.hunter import (
    account_quota,
    company_searched,
    error_id,
    found,
    person_found,
    person_of_row,
    verdict,
)
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    Findings,
    Pending,
    Provider,
    Spec,
    Window,
    answered_with,
    ask,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

_STILL_RUNNING = 202
_SERVER_MISBEHAVED = 222
_REFUSED_PAGE = 400
_NOT_FOUND = 404
_CLAIMED = 451
_PAGE = 100
_FREE_PLAN_PAGE = 10
_CANDIDATES = 5
_SHORTEST_NAME = 3  # the domain finder refuses shorter ones


class Hunter(Provider):
    spec = Spec(
        name="hunter",
        title="Hunter",
        docs="https://hunter.io/api-documentation/v2",
        base_url="https://api.hunter.io",
        authenticate=lambda key: {"X-API-KEY": key},
        permits=(Window(15, timedelta(seconds=1)), Window(500, timedelta(minutes=1))),
        lanes=MappingProxyType(
            {"verifier": (Window(10, timedelta(seconds=1)), Window(300, timedelta(minutes=1)))}
        ),
        credit_price=MicroUsd(17_000),  # 34 USD for 2,000 credits
        timeout=timedelta(seconds=20),  # the verifier talks SMTP while we wait
        notes=("A 451 means the person asked not to be processed; nobody else is asked then.",),
    )

    @offers(
        ("email",),
        ("linkedin_url",),
        gives=(
            "full_name",
            "first_name",
            "last_name",
            "title",
            "seniority",
            "department",
            "company_name",
            "linkedin_url",
            "phone",
            "business_email",
            "location",
            "city",
            "state",
            "country",
            "domain",
        ),
        credits=1,
        fresh_for=timedelta(days=30),
    )
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        keys = query.keys
        call = Call.get("/v2/people/find", **_who(keys)).accepting(_NOT_FOUND, _CLAIMED)
        reply = yield from ask(call.costing(1))
        if reply.status != 200:
            return _nobody(reply)
        return Findings(
            people=(person_of(found(reply), email=keys.email, linkedin_url=keys.linkedin_url),)
        )

    @offers(
        ("first_name", "last_name", "domain"),
        ("full_name", "domain"),
        ("linkedin_url",),
        ("first_name", "last_name", "company_name"),
        ("full_name", "company_name"),
        gives=("business_email", "full_name", "title", "phone", "company_name", "linkedin_url"),
        credits=1,
    )
    def find_email(self, query: PersonQuery) -> Conversation[Answer]:
        call = Call.get("/v2/email-finder", **_sought(query.keys)).accepting(_CLAIMED)
        reply = yield from ask(call.costing(1, charged=answered_with(_has_email)))
        if reply.status == _CLAIMED:
            return ClaimedByPerson()
        body = reply.record()
        body.require("data")
        data = body.record("data")
        if data.text("email") is None:
            return Findings()
        return Findings(people=(person_found(data),))

    @offers(("email",), gives=("business_email",), credits=1, fresh_for=timedelta(days=30))
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        reply = yield from ask(
            Call.get("/v2/email-verifier", email=query.email)
            .accepting(_STILL_RUNNING, _SERVER_MISBEHAVED, _CLAIMED)
            .costing(1)
            .in_lane("verifier")
        )
        if reply.status == _CLAIMED:
            return ClaimedByPerson()
        if reply.status in {_STILL_RUNNING, _SERVER_MISBEHAVED}:
            # Asked again it is billed once; the 202 may carry a partial verdict, worth nothing.
            return Pending(retry_after=timedelta(seconds=30))
        return Findings(verdicts=(verdict(query.email, found(reply)),))

    @offers(
        ("domain",),
        ("company_name",),
        gives=(
            "full_name",
            "first_name",
            "last_name",
            "title",
            "seniority",
            "department",
            "business_email",
            "phone",
            "linkedin_url",
            "domain",
        ),
        credits=1,
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        reply = yield from ask(_search(query, min(query.limit, _PAGE)))
        if reply.status == _REFUSED_PAGE:
            # The free plan allows ten addresses a search, and says so only when asked for more.
            if error_id(reply) != "pagination_error" or query.limit <= _FREE_PLAN_PAGE:
                raise ProviderRefusedQuery(f"status {_REFUSED_PAGE}")
            reply = yield from ask(_search(query, _FREE_PLAN_PAGE))
        body = reply.record()
        body.require("data")
        data = body.record("data")
        people = tuple(person_of_row(row, data) for row in data.records("emails"))
        named = tuple(person for person in people if person.full_name)
        return Findings(people=named, companies=(company_searched(data),) if named else ())

    @offers(
        ("domain",),
        ("company_name",),
        gives=(
            "company_name",
            "legal_name",
            "domain",
            "founded_year",
            "industry",
            "company_size",
            "technologies",
            "linkedin_url",
            "city",
            "state",
            "country",
        ),
        credits=1,
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        """By name only likely domains are found, which is free and may be worth asking by."""
        domain = query.keys.domain
        if domain is None:
            return (yield from self._domains_of(query.keys.company_name or ""))
        call = Call.get("/v2/companies/find", domain=domain).accepting(_NOT_FOUND, _CLAIMED)
        reply = yield from ask(call.costing(1))
        if reply.status != 200:
            return _nobody(reply)
        return Findings(companies=(company_of(found(reply), domain=domain),))

    def usage(self) -> Conversation[Quota | None]:
        return account_quota(found((yield from ask(Call.get("/v2/account")))))

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """Hunter's documentation and its own client disagree on what 403 and 429 mean.

        The documentation says 403 is "too fast" and 429 "plan used up"; the official MCP server
        treats 429 as "too fast" where Retry-After is present and 403 as permission. So the body
        and the header decide.
        """
        if reply.status not in {403, 429}:
            return super().refusal(call, reply)
        wait = reply.retry_after()
        says_rate = "rate" in reply.text().lower()
        if wait is not None or says_rate:
            return ProviderRateLimited(f"status {reply.status}", retry_after=wait)
        if reply.status == 429:
            return ProviderQuotaSpent("status 429 without a time to wait")
        return ProviderUnauthorised("status 403")

    def _domains_of(self, name: str) -> Conversation[Answer]:
        if len(name) < _SHORTEST_NAME:
            return Findings()
        reply = yield from ask(Call.get("/v2/domain-finder", company=name, limit=_CANDIDATES))
        body = reply.record()
        if not isinstance(body.value("data"), list):
            raise ProviderContractChanged("data is not a list")
        return Findings(
            companies=tuple(
                CompanyClaim(name=row.text("company_name"), domain=row.text("domain"))
                for row in body.records("data")
                if row.text("domain")
            )
        )


def _search(query: CompanyQuery, limit: int) -> Call:
    keys, titles = query.keys, ",".join(query.titles)
    return (
        Call.get(
            "/v2/domain-search",
            domain=keys.domain,
            company=None if keys.domain else keys.company_name,
            type="personal",
            seniority=None if titles else "executive",
            job_titles=titles or None,
            limit=limit,
        )
        .accepting(_REFUSED_PAGE)
        .costing(1, charged=answered_with(_has_emails))
    )


def _has_emails(body: Record) -> bool:
    return bool(body.records("data", "emails"))


def _has_email(body: Record) -> bool:
    return body.text("data", "email") is not None


def _who(keys: Keys) -> dict[str, str | None]:
    """One key only: where both are given Hunter follows the handle, and we trust the address."""
    if keys.email is not None:
        return {"email": keys.email}
    return {"linkedin_handle": _linkedin_handle(keys)}


def _sought(keys: Keys) -> dict[str, str | None]:
    company = {"domain": keys.domain} if keys.domain else {"company": keys.company_name}
    if company == {"company": None}:
        return {"linkedin_handle": _linkedin_handle(keys)}
    if keys.first_name and keys.last_name:
        return {**company, "first_name": keys.first_name, "last_name": keys.last_name}
    return {**company, "full_name": keys.full_name}


def _linkedin_handle(keys: Keys) -> str | None:
    return (keys.linkedin_url or "").rpartition("/")[2] or None


def _nobody(reply: Reply) -> Answer:
    if reply.status == _CLAIMED:
        return ClaimedByPerson()
    if error_id(reply) is None:
        raise ProviderContractChanged("a 404 that is not Hunter's")
    return Findings()
