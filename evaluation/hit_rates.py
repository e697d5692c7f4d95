"""How often each question is answered, and what the answer holds, counted on invented worlds.

Everything is asked alone and with every key that is needed, so that the figure is the provider's
own. `python -m evaluation.hit_rates` prints the table that `pipeline/hit_rates.py` declares.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import Row

from evaluation.rehearsal import NOW, World, far_ends, world
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.flat_answer import WITHOUT_PERSON, flat_answer
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Found, Report
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.hit_rates import HitRate, fill_rate
from roleferry_enrich.pipeline.identity import accept
from roleferry_enrich.pipeline.planning import question
from roleferry_enrich.pipeline.progress import merged
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer
from roleferry_enrich.sandbox.inhabitants import Person

COUNTED_ON, REPORTED_ON = (31, 32, 33), (131, 132)
COMPANIES = 120
_EVERY = 7
_USUALLY = 0.93
"""A field that so many answers hold is not worth a number of its own."""
_BAR = 0.12


@dataclass(slots=True)
class Count:
    """What one question came to, over many subjects."""

    offer: Offer
    asked: int = 0
    found: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    spent_on_misses: int = 0
    price: int = 0

    @property
    def rate(self) -> HitRate:
        missed = (self.asked - self.found) * self.price
        # Of a list it only counts whether there is one.
        gives = () if _is_list(self.offer) else self.offer.gives
        shares = {name: self.fields[name] / max(self.found, 1) for name in gives}
        return HitRate(
            round(self.found / self.asked, 2),
            {name: round(share, 2) for name, share in shares.items() if share < _USUALLY},
            miss=round(min(1.0, self.spent_on_misses / missed), 2) if missed else 0.0,
        )


def counted(seeds: Iterable[int], companies: int = COMPANIES) -> tuple[Count, ...]:
    counts = {
        (offer.provider, offer.capability): Count(offer)
        for name in far_ends()
        for offer in catalogue()[name].offers()
    }
    for seed in seeds:
        asyncio.run(_count(world(seed, companies), counts.values()))
    return tuple(count for count in counts.values() if count.asked)


async def _count(world: World, counts: Iterable[Count]) -> None:
    for person in world.population.people[::_EVERY]:
        if person.resigned_on is None:
            for count in counts:
                await _ask(world, person, count)


async def _ask(world: World, person: Person, count: Count) -> None:
    offer = count.offer
    goal = Goal.EXECUTIVES if _is_list(offer) else Goal.PERSON
    request = Request(goal=goal, keys=_keys(world, person), limit=10)
    prices = {offer.provider: world.gateway.channels[offer.provider].price(1)}
    situation = Situation(request=request, offers=(offer,), prices=prices, keys=request.keys)
    query = question(offer, situation)
    if query is None:
        return
    ask = Ask(provider=offer.provider, capability=offer.capability, query=query)
    report = await world.gateway.ask(ask, Terms(deadline=1e12, purse=Purse(None)))
    count.price = situation.price(offer)
    _take(count, report, request)


def _take(count: Count, report: Report, request: Request) -> None:
    count.asked += 1
    observed = report.outcome.observations if isinstance(report.outcome, Found) else None
    accepted = accept(observed, request.keys, request.goal).observations if observed else None
    if accepted is None or accepted == Observations():
        count.spent_on_misses += report.cost
        return
    count.found += 1
    if request.goal is Goal.PERSON:
        count.fields.update(_fields(count.offer, request, accepted))


def _is_list(offer: Offer) -> bool:
    """Whether it is only asked who leads a company; a free list may name a contact as well."""
    return offer.capability == "find_people" and bool(offer.credits)


def _fields(offer: Offer, request: Request, accepted: Observations) -> set[str]:
    """What the answer holds by itself, in the words of the offers."""
    result = merged(request, accepted, today=NOW.date())
    person, company = result.person, result.company
    own = dict(company.fields) if company else {}
    if offer.capability in {"find_person", "find_people"}:
        # What is the company's own is no answer to a question about a person.
        flat = set(flat_answer(request.keys, person, company)) if person else set()
        held = flat | (own.keys() - WITHOUT_PERSON)
    else:
        held = set(flat_answer(request.keys, person, company)) | own.keys()
    held |= {"company_name"} if "name" in own else set()
    held |= {"workforce"} if company and company.workforce else set()
    held |= {"domain"} if person and "company_domain" in person.fields else set()
    return held | ({"business_email"} if accepted.verdicts else set())


def _keys(world: World, person: Person) -> Keys:
    company = world.population.companies[person.company_id]
    return Keys(
        email=Email(person.email),
        full_name=person.full_name,
        first_name=person.first_name,
        last_name=person.last_name,
        domain=Domain(company.domain),
        company_name=company.name,
        company_number=CompanyNumber(company.number),
        country=company.country_code,
    )


def rows(_: Path) -> Iterator[Row]:
    """How far the declared table is off, on worlds that it was not counted on."""
    gaps = sorted(_gaps(counted(REPORTED_ON)), reverse=True)
    notes = tuple(f"{gap:.2f} {what}" for gap, what in gaps[:3])
    yield Row(
        name="hit rates: most that one is off",
        value=gaps[0][0],
        bar=_BAR,
        unit="",
        notes=notes,
    )


def _gaps(counts: Iterable[Count]) -> Iterator[tuple[float, str]]:
    for count in counts:
        offer = count.offer
        if not _is_list(offer):
            for name in offer.gives:
                gap = abs(fill_rate(offer, name) - count.fields[name] / count.asked)
                yield gap, f"{offer.provider}.{offer.capability}: {name}"


def _print() -> None:
    for count in counted(COUNTED_ON):
        rate = count.rate
        seldom = ", ".join(f'"{n}": {s}' for n, s in sorted(rate.seldom.items()))
        name = f"{count.offer.provider}.{count.offer.capability}"
        print(f'"{name}": _rate({rate.found}, {{{seldom}}}, miss={rate.miss}),')


if __name__ == "__main__":
    _print()
