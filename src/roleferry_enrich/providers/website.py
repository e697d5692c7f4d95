"""The company's own web site: who works there, and what company it is.

Not an API: pages written for people, fetched one at a time as robots.txt (RFC 9309) allows, and
read for https://schema.org data, team pages and imprints. A page is data, whatever it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from functools import reduce
from typing import TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery
from roleferry_enrich.providers.contract import (
    Answer,
    Conversation,
    Findings,
    Provider,
    Spec,
    offers,
)
from roleferry_enrich.providers.pages.documents import Page, Topic
from roleferry_enrich.providers.pages.imprint import company_in
from roleferry_enrich.providers.pages.schema_org import SiteData, company_key, company_of
from roleferry_enrich.providers.pages.team_pages import people_on
from roleferry_enrich.providers.pages.visits import read_site
from roleferry_enrich.providers.pages.wording import words_of

Claim = TypeVar("Claim", PersonClaim, CompanyClaim)

_FRESH_FOR = timedelta(days=14)


class Website(Provider):
    spec = Spec(
        name="website",
        title="Company website",
        docs="https://schema.org/docs/gs.html",
        base_url="https://website.invalid",  # each call names its own host
        concurrency=8,
        timeout=timedelta(seconds=10),
        body_limit=2_000_000,
        origin="website",
        open_web=True,
        notes=("Obeys robots.txt as `roleferry-enrich`; at most a dozen requests a site.",),
    )

    @offers(
        ("domain",),
        gives=("full_name", "title", "business_email", "phone", "linkedin_url"),
        fresh_for=_FRESH_FOR,
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        domain = str(query.keys.domain)
        site = yield from read_site(domain, (Topic.PEOPLE, Topic.ABOUT, Topic.LEGAL))
        people = _people(_read(site.pages, domain), domain, query.keys.company_name)
        return Findings(people=people, incomplete=site.incomplete)

    @offers(
        ("domain",),
        gives=("company_name", "company_number", "phone", "location", "linkedin_url"),
        fresh_for=_FRESH_FOR,
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        domain = str(query.keys.domain)
        site = yield from read_site(domain, (Topic.LEGAL, Topic.ABOUT))
        company = _company(_read(site.pages, domain), domain)
        companies = (company,) if company is not None else ()
        return Findings(companies=companies, incomplete=site.incomplete)


Reading = tuple[Page, SiteData]


def _read(pages: Iterable[Page], domain: str) -> tuple[Reading, ...]:
    return tuple((page, SiteData(page, domain)) for page in pages)


def _people(
    readings: Sequence[Reading], domain: str, company_name: str | None
) -> tuple[PersonClaim, ...]:
    """Everyone the pages put on the staff, once each."""
    names = _company_names(readings, domain, company_name)
    found: dict[tuple[str, ...], PersonClaim] = {}
    for page, data in readings:
        for claim in (*data.staff(names), *people_on(page, domain, names)):
            key = words_of(claim.full_name or "")
            found[key] = _merged(found[key], claim) if key in found else claim
    return tuple(found.values())


def _company_names(readings: Sequence[Reading], domain: str, given: str | None) -> frozenset[str]:
    """The names under which the site speaks of its own company, as `company_key` makes them."""
    company = _company(readings, domain)
    said = (company.name, company.legal_name) if company is not None else ()
    own = domain.split(".", maxsplit=1)[0].replace("-", " ")
    return frozenset(company_key(name) for name in (*said, given, own) if name)


def _merged(first: PersonClaim, second: PersonClaim) -> PersonClaim:
    """The first with its gaps filled: one page often shows what the other leaves out."""
    return replace(
        _filled(first, second),
        emails=tuple(dict.fromkeys(first.emails + second.emails)),
        phones=tuple(dict.fromkeys(first.phones + second.phones)),
    )


def _company(readings: Sequence[Reading], domain: str) -> CompanyClaim | None:
    """One company from the structured data of all pages, its gaps filled from plain text."""
    described = [
        company_of(data.graph, data.organisation, domain)
        for _, data in readings
        if data.organisation is not None
    ]
    plain = company_in([page for page, _ in readings], domain)
    claims = [*described, plain] if plain is not None else described
    return reduce(_filled, claims) if claims else None


def _filled(first: Claim, second: Claim) -> Claim:
    """The first claim, with what only the second knows."""
    gaps = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if getattr(first, field.name) is None
    }
    return replace(first, **gaps)
