"""Executive discovery against what is so: are those listed the ones who lead, and are all listed?

Asked by domain, every provider answering. False are people who do not lead the company today
(most have left it), people listed a second time, and people who never were there.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import Row

from evaluation.recognition import recognised
from evaluation.rehearsal import World, answered, world
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import GoldenPerson
from roleferry_enrich.normalise.title_words import EXECUTIVE
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.lenses import LENSES, lens_for
from roleferry_enrich.sandbox.views import SeededView

SEEDS = (101, 102, 103, 104, 105)
"""Kept for reporting: no number in the product was chosen by looking at these worlds."""

COMPANIES = 120
_PRECISION_BAR, _RECALL_BAR = 0.95, 0.95
_MOST = 100


@dataclass(slots=True)
class Tally:
    right: int = 0
    missed: int = 0
    false: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false.total())

    @property
    def recall(self) -> float:
        """Of those whom at least one provider shows at the company."""
        return self.right / (self.right + self.missed)


def discovery(seeds: Iterable[int] = SEEDS, companies: int = COMPANIES) -> Tally:
    """Everything listed for every company of these worlds, counted."""
    tally = Tally()
    for seed in seeds:
        asyncio.run(_count(world(seed, companies), tally))
    return tally


async def _count(world: World, tally: Tally) -> None:
    views = [SeededView(world.directory, lens_for(name)) for name in LENSES]
    for company in world.population.companies:
        keys = Keys(domain=Domain(company.domain))
        request = Request(goal=Goal.EXECUTIVES, keys=keys, limit=_MOST)
        answer = await answered(world, request)
        wanted = set(_leading(world, company)) & set(_shown(views, company))
        found = _judged(answer.result.executives, world, company, tally)
        tally.missed += len(wanted - found)


def _judged(
    listed: Sequence[GoldenPerson], world: World, company: Company, tally: Tally
) -> set[int]:
    leading = set(_leading(world, company))
    found: set[int] = set()
    for record in listed:
        person = recognised(record, world.directory, company)
        if person is not None and person.id in leading - found:
            tally.right += 1
            found.add(person.id)
        else:
            tally.false[_why(person, company, found)] += 1
    return found


def _why(person: Person | None, company: Company, found: set[int]) -> str:
    if person is None:
        return "never there"
    if person.id in found:
        return "listed twice"
    if person.company_id != company.id:
        return "moved on"
    return "left" if person.resigned_on else "leads nothing"


def _leading(world: World, company: Company) -> Iterator[int]:
    for person in world.directory.connected(company.id):
        leads = person.seniority in EXECUTIVE or person.officer_role
        if person.company_id == company.id and person.resigned_on is None and leads:
            yield person.id


def _shown(views: Iterable[SeededView], company: Company) -> Iterator[int]:
    for view in views:
        seen = view.company_by_id(company.id)
        yield from (person.id for person in view.staff(seen)) if seen else ()


def rows(_: Path) -> Iterator[Row]:
    """Needs no labelled data: the invented worlds are their own answer sheet."""
    counted = discovery()
    false = ", ".join(f"{count} {why}" for why, count in sorted(counted.false.items()))
    yield _row("executives: precision", counted.precision, _PRECISION_BAR, f"false: {false}")
    notes = (
        f"{counted.missed} of those whom a provider shows are missed, {counted.right} are listed",
        f"{len(SEEDS)} worlds of {COMPANIES} companies, none of which was fitted on",
    )
    yield _row("executives: recall", counted.recall, _RECALL_BAR, *notes)


def _row(name: str, value: float, bar: float, *notes: str) -> Row:
    return Row(name=name, value=value, bar=bar, unit="", at="least", digits=3, notes=notes)
