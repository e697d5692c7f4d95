"""Explorium: companies, their technologies and staff, and people, each matched first.

https://developers.explorium.ai/reference. Nothing is asked by name or domain directly: a match
gives an id, and every enrichment takes that id. Phones are not bought (5 credits instead of 2),
nor addresses for a list of people.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import (
    CallSkipped,
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderUnavailable,
)
from roleferry_enrich.providers.bulk.explorium import enrichments, matches
from roleferry_enrich.providers.claims.explorium import (
    company_claim,
    credits_left,
    email_claims,
    person_claim,
    technologies_claim,
    workforce_claim,
)
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    RateHeaders,
    Spec,
    Window,
    ask,
    ask_all,
    offers,
)
from roleferry_enrich.providers.gathering import sharing
from roleferry_enrich.providers.replies import Record, Reply

# Two vocabularies live side by side; these are what the documented request of "Fetch prospects"
# holds of both (2026-08). A level the API does not know would refuse the whole request.
_EXECUTIVES = ("owner", "founder", "partner", "cxo", "c-suite", "vp", "director")
_PAGE = 100
_LONGEST_PAUSE = 3_600
_BY_COMPANY = (("domain",), ("company_linkedin_url",), ("company_name",))
_PERSON = (
    *("full_name", "first_name", "last_name", "company_name", "title", "seniority", "department"),
    *("linkedin_url", "city", "state", "country", "domain"),
)


class Explorium(Provider):
    spec = Spec(
        name="explorium",
        title="Explorium",
        docs="https://developers.explorium.ai/reference",
        base_url="https://api.explorium.ai",
        authenticate=lambda key: {"api_key": key},
        permits=(Window(200, timedelta(minutes=1)),),
        rate_headers=(RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset"),),
        credit_price=MicroUsd(40_000),  # explorium.ai/pricing.md, Starter: 99.99 USD for 2,500
        notes=("Credits are bought in advance and lapse after twelve months.",),
    )

    @offers(
        *_BY_COMPANY,
        hints=("domain", "company_name", "company_linkedin_url"),
        gives=("company_name", "industry", "company_size", "company_revenue", "domain"),
        credits=1,
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        facts = yield from _business_facts(query.keys, "firmographics")
        return Findings(companies=(company_claim(facts),) if facts else ())

    @offers(
        *_BY_COMPANY,
        hints=("domain", "company_name", "company_linkedin_url"),
        gives=("technologies",),
        credits=1,
    )
    def find_technologies(self, query: CompanyQuery) -> Conversation[Answer]:
        facts = yield from _business_facts(query.keys, "technographics")
        claim = technologies_claim(facts, query.keys)
        return Findings(companies=(claim,) if claim.technologies else ())

    @offers(
        *_BY_COMPANY,
        hints=("domain", "company_name", "company_linkedin_url"),
        gives=("workforce",),
        credits=1,
        fresh_for=timedelta(days=30),  # figures are by quarter
    )
    def find_workforce(self, query: CompanyQuery) -> Conversation[Answer]:
        facts = yield from _business_facts(query.keys, "workforce_trends")
        claim = workforce_claim(facts, query.keys)
        return Findings(companies=(claim,) if claim.workforce else ())

    @offers(
        ("email",),
        ("linkedin_url",),
        ("full_name", "company_name"),
        ("full_name", "domain"),
        hints=("company_name", "domain"),
        gives=(*_PERSON, "business_email", "personal_email"),
        credits=3,
    )
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        prospect = yield from _matched_prospect(query.keys)
        if prospect is None:
            return Findings()
        profile, contacts = yield from ask_all(
            _enrichment("prospects/profiles", {"prospect_id": prospect}, credits=1),
            _enrichment(
                "prospects/contacts_information",
                {"prospect_id": prospect, "parameters": {"contact_types": ["email"]}},
                credits=2,
            ),
        )
        person = person_claim(_facts(profile), reference=prospect)
        person = replace(person, emails=email_claims(_facts(contacts)))
        return Findings(people=(person,) if person.full_name or person.emails else ())

    # Usually ten executives are known of a company; one credit for each record of the list.
    @offers(
        *_BY_COMPANY,
        hints=("domain", "company_name", "company_linkedin_url"),
        gives=_PERSON,
        credits=10,
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        business = yield from _matched_business(query.keys)
        if business is None:
            return Findings()
        people: list[PersonClaim] = []
        for page in range(1, math.ceil(query.limit / _PAGE) + 1):
            try:
                reply = yield from ask(_prospects(query, business, page=page))
                rows = _rows(reply)
            except (ProviderError, CallSkipped) as refusal:
                if not people:
                    raise
                return Findings(people=tuple(people), incomplete=str(refusal) or "not asked")
            people += [claim for row in rows if (claim := person_claim(row)).full_name]
            if len(rows) < _PAGE:
                break
        return Findings(people=tuple(people[: query.limit]))

    def usage(self) -> Conversation[Quota | None]:
        return credits_left((yield from ask(Call.get("/v1/credits"))).record())

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 403 also means "no credits", and a failure may come with status 200."""
        if reply.status == 429:
            wait = reply.retry_after() or _wait_in_body(reply)
            return ProviderRateLimited("status 429", retry_after=wait)
        if reply.status == 403 and "insufficient credits" in reply.text().lower():
            return ProviderQuotaSpent("status 403: insufficient credits")
        if reply.status == 200 and _says(reply, "failure"):
            return ProviderUnavailable("the request failed within a status 200")
        return super().refusal(call, reply)


def _business_facts(keys: Keys, kind: str) -> Conversation[Record]:
    """What one enrichment says of the company; empty where it or the company is unknown."""
    business = yield from _matched_business(keys)
    if business is None:
        return Record({})
    reply = yield from ask(_enrichment(f"businesses/{kind}", {"business_id": business}, credits=1))
    return _facts(reply)


def _matched_business(keys: Keys) -> Conversation[str | None]:
    asked = {
        "name": keys.company_name,
        "domain": keys.domain,
        "linkedin_url": _web_address(keys.company_linkedin_url),
    }
    call = Call.post("/v1/businesses/match", {"businesses_to_match": [_known(asked)]})
    reply = yield from ask(sharing(call, matches("businesses")))
    return _matched_id(reply, "matched_businesses", "business_id")


def _matched_prospect(keys: Keys) -> Conversation[str | None]:
    """A name alone is not matched: it needs a company, by name or by Explorium's own id."""
    business = None
    by_name_only = keys.email is None and keys.linkedin_url is None
    if by_name_only and keys.company_name is None:
        business = yield from _matched_business(keys)
        if business is None:
            return None
    asked = {
        "business_id": business,
        "full_name": keys.full_name,
        "company_name": keys.company_name,
        "email": keys.email,
        "linkedin": _web_address(keys.linkedin_url),
    }
    call = Call.post("/v1/prospects/match", {"prospects_to_match": [_known(asked)]})
    reply = yield from ask(sharing(call, matches("prospects")))
    return _matched_id(reply, "matched_prospects", "prospect_id")


def _known(given: Mapping[str, str | None]) -> dict[str, str]:
    """Only what is known: a field Explorium does not expect refuses the request with 422."""
    return {name: value for name, value in given.items() if value is not None}


def _web_address(profile: str | None) -> str | None:
    return f"https://www.{profile}" if profile else None


def _matched_id(reply: Reply, rows: str, name: str) -> str | None:
    body = _read(reply)
    return next((found for row in body.records(rows) if (found := row.text(name))), None)


def _enrichment(kind: str, request: Mapping[str, object], *, credits: int) -> Call:
    (identity,) = request.keys() & {"business_id", "prospect_id"}
    call = _billed(Call.post(f"/v1/{kind}/enrich", dict(request)), credits, each=credits)
    return sharing(call, enrichments(kind, identity))


def _prospects(query: CompanyQuery, business: str, *, page: int) -> Call:
    wanted = {"job_title": {"values": list(query.titles)}} if query.titles else None
    size = min(query.limit, _PAGE)
    request = {
        "mode": "full",
        "size": query.limit,
        "page_size": size,
        "page": page,
        "filters": {
            "business_id": {"values": [business]},
            **(wanted or {"job_level": {"values": list(_EXECUTIVES)}}),
        },
    }
    return _billed(Call.post("/v1/prospects", request), size, each=1)


def _billed(call: Call, most: int, *, each: int) -> Call:
    """Asks for the price with the answer: `credit_usage` says what was taken."""
    priced = replace(call, headers=(("credit-usage", "true"),))
    return priced.costing_each(most, lambda reply: _credits(reply, each))


def _credits(reply: Reply, each: int) -> int:
    if reply.status != 200 or _says(reply, "failure"):
        return 0
    said = reply.record().number("credit_usage", "total_credits")
    return each * len(_rows(reply)) if said is None else math.ceil(said)


def _facts(reply: Reply) -> Record:
    return next(iter(_rows(reply)), Record({}))


def _rows(reply: Reply) -> tuple[Record, ...]:
    """`data`, which is one object or a list of them; a miss has none."""
    body = _read(reply)
    rows = body.records("data") or (body.record("data"),)
    return tuple(row for row in rows if row)


def _read(reply: Reply) -> Record:
    body = reply.record()
    body.require("response_context")
    return body


def _says(reply: Reply, status: str) -> bool:
    try:
        return reply.record().text("response_context", "request_status") == status
    except ProviderContractChanged:
        return False


def _wait_in_body(reply: Reply) -> timedelta | None:
    try:
        seconds = reply.record().number("retry_after")
    except ProviderContractChanged:
        return None
    return None if seconds is None else timedelta(seconds=min(max(seconds, 0), _LONGEST_PAUSE))
