"""What a waterfall costs and fills against asking everybody, over the same queries.

Contacts of the sandbox's own world, by mailbox, by name and domain, by name and company, and by
profile; every field wanted. An equal question is paid for once, as the cache sees to it.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from benchmarks.report import Row

from evaluation.facts import person_facts
from evaluation.rehearsal import World, answered, world
from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Goal, Options, Request, Strategy
from roleferry_enrich.domain.flat_answer import flat_answer
from roleferry_enrich.domain.identifiers import Domain, Email, ProfileUrl
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.sandbox.inhabitants import Company, Person

SEED, COMPANIES, QUERIES = 7, 500, 500
_COST_BAR, _FILL_BAR = 0.60, 0.99


@dataclass(slots=True)
class Bill:
    """What many answers cost together, and what they hold."""

    filled: int = 0
    right: int = 0
    """Of the person's fields, those that are so."""
    paid: dict[UUID, int] = field(default_factory=dict)
    """Micro-dollars by question."""

    @property
    def cost(self) -> int:
        return sum(self.paid.values())


def bills(
    queries: int = QUERIES, *, seed: int = SEED, companies: int = COMPANIES
) -> Mapping[Strategy, Bill]:
    """Each strategy's bill for the same queries."""
    return {
        strategy: asyncio.run(_bill(world(seed, companies), queries, Options(strategy=strategy)))
        for strategy in Strategy
    }


async def _bill(world: World, queries: int, options: Options) -> Bill:
    bill = Bill()
    staff = [person for person in world.population.people if person.resigned_on is None]
    for n, person in enumerate(staff[:: max(1, len(staff) // queries)][:queries]):
        employer = world.population.companies[person.company_id]
        keys = _keys(n, person, employer)
        answer = await answered(world, Request(goal=Goal.PERSON, keys=keys, options=options))
        found, company = answer.result.person, answer.result.company
        bill.filled += len(flat_answer(keys, found, company).keys() & set(PERSON_FIELDS))
        bill.right += sum(person_facts(found.fields, person, employer).values()) if found else 0
        for report in answer.reports:
            bill.paid.setdefault(report.conversation, report.cost)
    return bill


def _keys(n: int, person: Person, employer: Company) -> Keys:
    domain = Domain(employer.domain)
    ways = (
        Keys(email=Email(person.email), domain=domain),
        Keys(full_name=person.full_name, domain=domain),
        Keys(full_name=person.full_name, company_name=employer.name),
        Keys(linkedin_url=ProfileUrl(f"linkedin.com/in/{person.linkedin_slug}")),
    )
    return ways[n % len(ways)]


def rows(_: Path) -> Iterator[Row]:
    """Needs no labelled data: the sandbox's world is its own answer sheet."""
    found = bills()
    at_once, saving = found[Strategy.PARALLEL], found[Strategy.WATERFALL]
    cost = f"{QUERIES} contacts: {_dollars(saving)} by waterfall, {_dollars(at_once)} in parallel"
    yield Row(
        name="waterfall: cost against parallel",
        value=saving.cost / at_once.cost,
        bar=_COST_BAR,
        unit="",
        notes=(cost,),
    )
    fill = f"{saving.filled} fields against {at_once.filled}"
    yield Row(
        name="waterfall: fields filled against parallel",
        value=saving.filled / at_once.filled,
        bar=_FILL_BAR,
        unit="",
        at="least",
        digits=3,
        notes=(fill, f"of the person's {saving.right} are so, against {at_once.right}"),
    )


def _dollars(bill: Bill) -> str:
    return f"{bill.cost / 1_000_000:.2f} USD"
