"""Executive discovery against what is so: are those listed the ones who lead, and are all listed?

Asked by domain, every provider answering. False are people who do not lead the company today
(most have left it), people listed a second time, and people who never were there.

Confirmed are those whom two independent origins are named for, of those whom two of them show.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
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
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.lenses import LENSES, lens_for
from roleferry_enrich.sandbox.views import SeededView

SEEDS = (101, 102, 103, 104, 105)
"""Kept for reporting: no number in the product was chosen by looking at these worlds."""

COMPANIES = 120
_PRECISION_BAR, _RECALL_BAR, _CONFIRMED_BAR = 0.97, 0.95, 0.70
_MOST = 100


@dataclass(slots=True)
class Tally:
    right: int = 0
    missed: int = 0
    false: Counter[str] = field(default_factory=Counter)
    confirmed: int = 0
    known_to_two: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false.total())

    @property
    def recall(self) -> float:
        """Of those whom at least one provider shows at the company."""
        return self.right / (self.right + self.missed)

    @property
    def confirmation(self) -> float:
        """Of those who lead and whom two independent origins show, listed or not."""
        return self.confirmed / self.known_to_two


def discovery(seeds: Iterable[int] = SEEDS, companies: int = COMPANIES) -> Tally:
    """Everything listed for every company of these worlds, counted."""
    tally = Tally()
    for seed in seeds:
        asyncio.run(_count(world(seed, companies), tally))
    return tally


async def _count(world: World, tally: Tally) -> None:
    views: dict[str, list[SeededView]] = defaultdict(list)
    for name in LENSES:
        views[_origin(name)].append(SeededView(world.directory, lens_for(name)))
    for company in world.population.companies:
        keys = Keys(domain=Domain(company.domain))
        request = Request(goal=Goal.EXECUTIVES, keys=keys, limit=_MOST)
        answer = await answered(world, request)
        shown = Counter(_shown(views.values(), company))
        wanted = set(_leading(world, company)) & shown.keys()
        found = _judged(answer.result.executives, world, company, tally)
        tally.missed += len(wanted - found.keys())
        by_two = {person for person in wanted if shown[person] > 1}
        tally.known_to_two += len(by_two)
        tally.confirmed += sum(found.get(person, 0) > 1 for person in by_two)


def _judged(
    listed: Sequence[GoldenPerson], world: World, company: Company, tally: Tally
) -> dict[int, int]:
    """The leading ones listed, and how many independent origins each rests on."""
    leading = set(_leading(world, company))
    found: dict[int, int] = {}
    for record in listed:
        person = recognised(record, world.directory, company)
        if person is not None and person.id in leading - found.keys():
            tally.right += 1
            found[person.id] = len(record.origins)
        else:
            tally.false[_why(person, company, found)] += 1
    return found


def _why(person: Person | None, company: Company, found: Container[int]) -> str:
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


def _origin(provider: str) -> str:
    spec = catalogue()[provider].spec
    return spec.origin or spec.name


def _shown(origins: Iterable[Iterable[SeededView]], company: Company) -> Iterator[int]:
    """Each person as often as independent origins show them."""
    for views in origins:
        seen = ((view, view.company_by_id(company.id)) for view in views)
        yield from {person.id for view, found in seen if found for person in view.staff(found)}


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
    yield _row(
        "executives: confirmed by two origins",
        counted.confirmation,
        _CONFIRMED_BAR,
        f"{counted.confirmed} of {counted.known_to_two} whom two independent origins show",
    )


def _row(name: str, value: float, bar: float, *notes: str) -> Row:
    return Row(name=name, value=value, bar=bar, unit="", at="least", digits=3, notes=notes)
