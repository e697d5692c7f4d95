"""A provider that answers every question with somebody else: how much of it is believed?

Each provider lies in turn while the others speak the truth, for every kind of question: a person by
mailbox, by profile, by name and company, a company by domain, number, profile and name, and its
executives. Nothing a liar says of another subject may be taken for the one asked.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import Row

from evaluation.recognition import recognised
from evaluation.rehearsal import NOW, World, answered, far_ends, world
from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Found, Troubled
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.resolve.golden_people import golden_person
from roleferry_enrich.sandbox.inhabitants import Company, Person

SEED = 104
COMPANIES = 120
_ASKED = 12
_CANNOT_BE_ANOTHERS = frozenset({"website"})
"""What stands at the address asked for is the company's own site, whatever it says."""
_BAR = 0.04
"""Clearbit's list does not say whose people they are; that the domain was asked is all there is."""


@dataclass(slots=True)
class Tally:
    """What liars said, and what of it was believed though it is of another subject."""

    dropped: int = 0
    told: int = 0
    believed: Counter[str] = field(default_factory=Counter)

    @property
    def share_believed(self) -> float:
        return self.believed.total() / (self.dropped + self.told)


def lies(asked: int = _ASKED, companies: int = COMPANIES) -> Tally:
    tally = Tally()
    for liar in sorted({*far_ends()} - _CANNOT_BE_ANOTHERS):
        place = world(SEED, companies, fault={liar: "lying"})
        asyncio.run(_ask_all(place, liar, place.population.companies[1 : 1 + asked], tally))
    return tally


async def _ask_all(place: World, liar: str, about: Iterable[Company], tally: Tally) -> None:
    for company in about:
        person = next(p for p in place.population.people if p.company_id == company.id)
        for kind, goal, keys in _questions(company, person):
            answer = await answered(place, Request(goal=goal, keys=keys))
            for report in answer.reports:
                if report.provider == liar:
                    tally.told += isinstance(report.outcome, Found)
                    tally.dropped += isinstance(report.outcome, Troubled)
            meant = person if goal is Goal.PERSON else None
            for what in _believed(place, liar, answer.observed, company, meant):
                tally.believed[f"{liar}, {kind}: {what}"] += 1


def _questions(company: Company, person: Person) -> Iterator[tuple[str, Goal, Keys]]:
    domain, name = Domain(company.domain), company.name
    profile = ProfileUrl(f"linkedin.com/in/{person.linkedin_slug}")
    page = ProfileUrl(f"linkedin.com/company/{company.linkedin_slug}")
    yield "mailbox", Goal.PERSON, Keys(email=Email(person.email), domain=domain)
    yield "profile", Goal.PERSON, Keys(linkedin_url=profile)
    yield "name", Goal.PERSON, Keys(full_name=person.full_name, domain=domain)
    yield "name at company", Goal.PERSON, Keys(full_name=person.full_name, company_name=name)
    yield "executives", Goal.EXECUTIVES, Keys(domain=domain)
    yield "domain", Goal.COMPANY, Keys(domain=domain)
    yield "page", Goal.COMPANY, Keys(company_linkedin_url=page)
    yield "company name", Goal.COMPANY, Keys(company_name=name, country=company.country_code)
    if company.country_code == "GB":
        yield "number", Goal.COMPANY, Keys(company_number=CompanyNumber(company.number))


def _believed(
    place: World, liar: str, observed: Observations, company: Company, person: Person | None
) -> Iterator[str]:
    """What was accepted from the liar and is plainly of somebody else."""
    for one in observed.companies:
        if one.provenance.provider == liar and _is_another(one.claim, company):
            yield "another company"
    for other in observed.people:
        if other.provenance.provider == liar:
            record = golden_person([other], {}, cohesion=1.0, today=NOW.date())
            meant = recognised(record, place.directory, company)
            if meant is None or (person is not None and meant != person):
                yield "another person"


def _is_another(claim: CompanyClaim, company: Company) -> bool:
    if claim.domain:
        return parse_domain(claim.domain) != company.domain
    named = parse_organisation(claim.name or claim.legal_name or "")
    ours = {_key(name) for name in (company.name, company.legal_name, *company.former_names)}
    return named is not None and named.key not in ours


def _key(name: str) -> str | None:
    named = parse_organisation(name)
    return named.key if named else None


def rows(_: Path) -> Iterator[Row]:
    """Needs no labelled data: the invented worlds are their own answer sheet."""
    tally = lies()
    yield Row(
        name="identity: answers of liars believed",
        value=tally.share_believed,
        bar=_BAR,
        unit="",
        digits=4,
        notes=(
            f"of {tally.dropped + tally.told} answers {tally.dropped} were dropped with the reason",
            *(f"{count} {what}" for what, count in sorted(tally.believed.items())),
        ),
    )
