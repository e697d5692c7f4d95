"""Clearbit: a person and the company from an e-mail, a company from a domain, people of a company.

https://dashboard.clearbit.com/docs. Sold to HubSpot: only keys from before 2024 work, and each
of its APIs has a host and a limit of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailKind,
    PersonClaim,
    PhoneClaim,
)
from roleferry_enrich.domain.queries import CompanyQuery, PersonQuery
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
)
from roleferry_enrich.providers.claims.clearbit import company_of, linkedin_profile, person_of
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Pending,
    Provider,
    RateHeaders,
    Spec,
    Window,
    answered_with,
    ask,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

_COMPANY_HOST = "https://company.clearbit.com"
_PROSPECTOR_HOST = "https://prospector.clearbit.com"
_PER_API = (Window(600, timedelta(minutes=1)),)
_QUEUED = 202
_UNKNOWN = 404
_LOOK_AGAIN = timedelta(seconds=10)  # a queued lookup takes 4 to 10 seconds
_MOST_PROSPECTS = 20  # each one is a credit; more is a decision for a person


class Clearbit(Provider):
    spec = Spec(
        name="clearbit",
        title="Clearbit",
        docs="https://dashboard.clearbit.com/docs",
        base_url="https://person.clearbit.com",
        authenticate=lambda key: {"Authorization": f"Bearer {key}"},
        permits=_PER_API,
        lanes=MappingProxyType({"company": _PER_API, "prospector": _PER_API}),
        rate_headers=(
            RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset", limit="x-ratelimit-limit"),
        ),
        # An assumption: no price has been public since 2023, so give your contract's.
        credit_price=MicroUsd(100_000),
        notes=(
            "Closed to new customers: keys exist only for accounts made before 2024.",
            "A refused key counts against the rate limit as well.",
        ),
    )

    @offers(
        ("email",),
        gives=(
            "full_name",
            "first_name",
            "last_name",
            "title",
            "seniority",
            "department",
            "company_name",
            "industry",
            "company_size",
            "company_revenue",
            "technologies",
            "linkedin_url",
            "phone",
            "business_email",
            "location",
            "city",
            "state",
            "country",
            "domain",
            "legal_name",
            "founded_year",
            "employees",
        ),
        credits=1,
        fresh_for=timedelta(days=30),
    )
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        email = query.keys.email
        call = Call.get("/v2/combined/find", email=email).accepting(_QUEUED, _UNKNOWN)
        reply = yield from ask(call.costing(1, charged=answered_with(_either_half)))
        if reply.status != 200:
            return _no_answer(reply)
        body = reply.record()
        person, company = _half(body, "person"), _half(body, "company")
        return Findings(
            people=(person_of(person, email=email),) if person else (),
            companies=(company_of(company, domain=None),) if company else (),
        )

    @offers(
        ("domain",),
        ("company_name",),
        gives=(
            "company_name",
            "legal_name",
            "domain",
            "founded_year",
            "employees",
            "industry",
            "company_size",
            "company_revenue",
            "technologies",
            "phone",
            "city",
            "state",
            "country",
            "zip_code",
        ),
        credits=1,
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        """By name only the domain is found, which costs nothing and may be worth asking by."""
        if query.keys.domain is None:
            return (yield from self._domain_of(query.keys.company_name))
        call = Call.get("/v2/companies/find", domain=query.keys.domain).at(_COMPANY_HOST)
        reply = yield from ask(
            call.in_lane("company")
            .accepting(_QUEUED, _UNKNOWN)
            .costing(1, charged=answered_with(bool))
        )
        if reply.status != 200:
            return _no_answer(reply)
        body = reply.record()
        body.require("domain")
        return Findings(companies=(company_of(body, domain=query.keys.domain),))

    @offers(
        ("domain",),
        gives=("full_name", "first_name", "last_name", "title", "seniority", "department"),
        credits=10,
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        """Executives without addresses: each address is a further charge, and not bought here."""
        reply = yield from ask(_search(query))
        if reply.status != 200:
            return _no_answer(reply)
        body = reply.record()
        body.require("results")
        rows = body.records("results")
        people = tuple(_prospect(row, query.keys.domain) for row in rows)
        return Findings(people=tuple(p for p in people if p.full_name))

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 429 comes without Retry-After; the window's end is in X-RateLimit-Reset."""
        if reply.status != 429:
            return super().refusal(call, reply)
        wait = reply.retry_after() or reply.until("x-ratelimit-reset")
        return ProviderRateLimited("status 429", retry_after=wait)

    def _domain_of(self, name: str | None) -> Conversation[Answer]:
        call = Call.get("/v1/domains/find", name=name).at(_COMPANY_HOST).in_lane("company")
        reply = yield from ask(call.accepting(_UNKNOWN))
        if reply.status != 200:
            return _no_answer(reply)
        body = reply.record()
        body.require("domain")
        if body.text("domain") is None:
            return Findings()
        found = CompanyClaim(name=body.text("name"), domain=body.text("domain"))
        return Findings(companies=(found,))


def _search(query: CompanyQuery) -> Call:
    size = min(query.limit, _MOST_PROSPECTS)
    call = Call.get(
        "/v1/people/search",
        domain=query.keys.domain,
        seniority=None if query.titles else "executive",
        page=1,
        page_size=size,
    )
    titles = tuple(("titles[]", title) for title in query.titles)
    call = replace(call, params=call.params + titles).at(_PROSPECTOR_HOST).in_lane("prospector")
    # Billed for each person returned: https://help.clearbit.com/hc/en-us/articles/115015508628
    return call.accepting(_UNKNOWN).costing_each(size, _prospects)


def _no_answer(reply: Reply) -> Answer:
    """202 is "not yet"; a 404 is "not found" only where the record is what is unknown."""
    if reply.status == _QUEUED:
        return Pending(retry_after=_LOOK_AGAIN)
    kind = reply.record().text("error", "type")
    if kind != "unknown_record":
        raise ProviderContractChanged("a 404 that is not about the record")
    return Findings()


def _half(body: Record, name: str) -> Record | None:
    """One half of a combined answer: null where Clearbit knows only the other."""
    body.require(name)
    value = body.value(name)
    if value is not None and not isinstance(value, Mapping):
        raise ProviderContractChanged(f"{name} is neither an object nor null")
    return body.record(name) or None


def _either_half(body: Record) -> bool:
    return bool(body.record("person") or body.record("company"))


def _prospects(reply: Reply) -> int:
    return len(reply.record().records("results")) if reply.status == 200 else 0


def _prospect(row: Record, domain: str | None) -> PersonClaim:
    phone = row.text("phone")
    return PersonClaim(
        reference=row.text("id"),
        full_name=row.text("name", "fullName"),
        first_name=row.text("name", "givenName"),
        last_name=row.text("name", "familyName"),
        title=row.text("title"),
        seniority=row.text("seniority"),
        department=row.text("role"),
        company_name=row.text("company", "name"),
        company_domain=domain,
        linkedin_url=linkedin_profile(row, "in"),
        emails=_prospect_emails(row),
        phones=(PhoneClaim(number=phone),) if phone else (),
        location=row.text("location"),
    )


def _prospect_emails(row: Record) -> tuple[EmailClaim, ...]:
    """Some plans include the address."""
    address = row.text("email")
    if address is None:
        return ()
    checked = Deliverability.VALID if row.flag("verified") else Deliverability.UNKNOWN
    return (EmailClaim(address=address, kind=EmailKind.BUSINESS, deliverability=checked),)
