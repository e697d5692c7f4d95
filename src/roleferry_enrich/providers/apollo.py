"""Apollo: people and companies, matched by any identity, and the executives of a domain.

https://docs.apollo.io/reference. Its free people search masks surnames, so that a list of people
is a free search followed by paid matches of the ids found. Phones are not asked for: they cost
eight credits each and arrive later.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import (
    CallSkipped,
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.bulk.apollo import BULK, ORGANIZATIONS, PEOPLE, bulk_match
from roleferry_enrich.providers.claims.apollo import (
    company_claim,
    employer_claims,
    lead_credits,
    person_claim,
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
    offers,
)
from roleferry_enrich.providers.gathering import sharing
from roleferry_enrich.providers.replies import Reply

_PER_MINUTE = timedelta(minutes=1)
# Basic plan, https://docs.apollo.io/reference/rate-limits (read 2026-08). On paid plans the
# enrichment endpoints have no hourly or daily limit.
_ENRICHMENT = (Window(1000, _PER_MINUTE),)
_SEARCH = (
    Window(200, _PER_MINUTE),
    Window(6_000, timedelta(hours=1)),
    Window(50_000, timedelta(days=1)),
)
_EXECUTIVES = ("owner", "founder", "c_suite", "partner", "vp", "head", "director")
_PAGE = 100
_PERSON = (
    "first_name",
    "last_name",
    "full_name",
    "company_name",
    "title",
    "seniority",
    "department",
    "business_email",
    "linkedin_url",
    "city",
    "state",
    "country",
)
_COMPANY = (
    "company_name",
    "industry",
    "company_size",
    "company_revenue",
    "technologies",
    "domain",
    "founded_year",
    "employees",
)


class Apollo(Provider):
    spec = Spec(
        name="apollo",
        title="Apollo.io",
        docs="https://docs.apollo.io/reference",
        base_url="https://api.apollo.io",
        authenticate=lambda key: {"X-Api-Key": key},
        permits=(
            Window(200, _PER_MINUTE),
            Window(400, timedelta(hours=1)),
            Window(2_000, timedelta(days=1)),
        ),
        lanes={
            "people_match": _ENRICHMENT,
            "people_bulk_match": _ENRICHMENT,
            "organizations_enrich": _ENRICHMENT,
            "organizations_bulk_enrich": _ENRICHMENT,
            "people_search": _SEARCH,
        },
        rate_headers=(
            RateHeaders("x-minute-requests-left", limit="x-rate-limit-minute"),
            RateHeaders("x-hourly-requests-left", limit="x-rate-limit-hourly"),
            RateHeaders("x-24-hour-requests-left", limit="x-rate-limit-24-hour"),
        ),
        credit_price=MicroUsd(25_000),  # the fair-use rule of the pricing page counts 0.025 USD
        notes=(
            "Needs a key scoped for people match, bulk match, search; organization (bulk) enrich.",
        ),
    )

    @offers(
        ("email",),
        ("linkedin_url",),
        ("full_name", "domain"),
        ("full_name", "company_name"),
        hints=("first_name", "last_name", "domain", "company_name"),
        gives=tuple(dict.fromkeys(_PERSON + _COMPANY)),
        credits=1,
    )
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        call = (
            Call.post("/api/v1/people/match", _match_request(query.keys))
            .costing(1, charged=_matched)
            .in_lane("people_match")
        )
        reply = yield from ask(sharing(call, PEOPLE) if query.keys.linkedin_url else call)
        body = reply.record()
        body.require("person")
        person = body.record("person")
        if not person:
            return Findings()
        return Findings(people=(person_claim(person),), companies=employer_claims(person))

    # Usually ten executives are known of a company; one credit each.
    @offers(("domain",), gives=_PERSON, credits=10)
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        looked_at = yield from _search(query)
        people: list[PersonClaim] = []
        for batch in _batches(tuple(looked_at)):
            try:
                reply = yield from ask(bulk_match([{"id": each} for each in batch]))
                people += _matches(reply, looked_at)
            except (ProviderError, CallSkipped) as refusal:
                if not people:
                    raise
                return Findings(people=tuple(people), incomplete=str(refusal) or "not asked")
        return Findings(people=tuple(people))

    @offers(
        ("domain",),
        ("company_linkedin_url",),
        ("company_name",),
        gives=_COMPANY,
        credits=1,
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        call = (
            Call.get("/api/v1/organizations/enrich", **_best_identity(query.keys))
            .costing(1, charged=_has_organization)
            .in_lane("organizations_enrich")
        )
        reply = yield from ask(sharing(call, ORGANIZATIONS) if query.keys.domain else call)
        body = reply.record()
        body.require("organization")
        organization = body.record("organization")
        return Findings(companies=(company_claim(organization),) if organization else ())

    def usage(self) -> Conversation[Quota | None]:
        """A key may be scoped for everything we need and not for this."""
        call = Call.post("/api/v1/usage_stats/credit_usage_stats", {}).accepting(403)
        reply = yield from ask(call)
        return lead_credits(reply.record()) if reply.status == 200 else None

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 422 is a misplaced key, a retired endpoint, or a question it does not take."""
        said = reply.text() if reply.status in {403, 422} - call.accept else ""
        if "insufficient credits" in said.lower():
            return ProviderQuotaSpent(f"status {reply.status}: insufficient credits")
        if "INVALID_API_KEY_LOCATION" in said:
            return ProviderUnauthorised("status 422: the key is not where Apollo wants it")
        if "endpoint is deprecated" in said:
            return ProviderContractChanged("status 422: the endpoint is retired")
        if "API_INACCESSIBLE" in said:
            return ProviderUnauthorised("status 403: the key's scope has not this endpoint")
        return super().refusal(call, reply)


def _match_request(keys: Keys) -> dict[str, object]:
    named = {"first_name": keys.first_name, "last_name": keys.last_name}
    name = named if all(named.values()) else {"name": keys.full_name}
    given = {
        "email": keys.email,
        "linkedin_url": _web_address(keys.linkedin_url),
        **name,
        "domain": keys.domain,
        "organization_name": keys.company_name,
    }
    return {**_known(given), "reveal_personal_emails": False}


def _best_identity(keys: Keys) -> dict[str, str]:
    given = {
        "domain": keys.domain,
        "linkedin_url": _web_address(keys.company_linkedin_url),
        "name": keys.company_name,
    }
    return dict(list(_known(given).items())[:1])


def _known(given: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value is not None}


def _web_address(profile: str | None) -> str | None:
    return f"https://www.{profile}" if profile else None


def _matched(reply: Reply) -> bool:
    return reply.status == 200 and bool(reply.record().record("person"))


def _has_organization(reply: Reply) -> bool:
    return reply.status == 200 and bool(reply.record().record("organization"))


def _search(query: CompanyQuery) -> Conversation[dict[str, date | None]]:
    """The ids of the people wanted, each with the day Apollo last looked at it."""
    found: dict[str, date | None] = {}
    page = 1
    while len(found) < query.limit:
        known_before = len(found)
        reply = yield from ask(_search_page(query, page))
        body = reply.record()
        body.require("people")
        rows = body.records("people")
        found.update({i: r.day("last_refreshed_at") for r in rows if (i := r.text("id"))})
        if len(rows) < _PAGE or len(found) == known_before:
            break
        page += 1
    return dict(list(found.items())[: query.limit])


def _search_page(query: CompanyQuery, page: int) -> Call:
    titles, seniorities = list(query.titles), list(_EXECUTIVES)
    wanted = {"person_titles": titles} if titles else {"person_seniorities": seniorities}
    request = {
        "q_organization_domains_list": [query.keys.domain],
        **wanted,
        "page": page,
        "per_page": min(query.limit, _PAGE),
    }
    return Call.post("/api/v1/mixed_people/api_search", request).in_lane("people_search")


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + BULK] for start in range(0, len(ids), BULK))


def _matches(reply: Reply, looked_at: Mapping[str, date | None]) -> Iterator[PersonClaim]:
    """Those found, in Apollo's order: it keeps neither ours nor a place for each id."""
    body = reply.record()
    body.require("matches")
    for row in {row.text("id"): row for row in body.records("matches")}.values():
        claim = person_claim(row, as_of=looked_at.get(row.text("id") or ""))
        if claim.last_name:
            yield claim
