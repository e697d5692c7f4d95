"""Fits `resolve/trust.py`: how often each origin is right, and what agreement is worth.

`python -m evaluation.fit` prints the module, `--write` replaces it. The worlds are others than
those that are reported on, and the same worlds give the same figures.
"""

import asyncio
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from evaluation.answers import Case, Judged, cases, judged_person
from evaluation.facts import company_facts
from evaluation.recognition import recognised
from evaluation.rehearsal import NOW, World, world
from roleferry_enrich.domain.records import FieldValue
from roleferry_enrich.normalise.title_words import EXECUTIVE
from roleferry_enrich.resolve import trust
from roleferry_enrich.resolve.companies import resolve_company
from roleferry_enrich.resolve.company_fields import COMPANY_RULES
from roleferry_enrich.resolve.confidence import agreed, beside, freshness
from roleferry_enrich.resolve.golden_people import golden_person
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.person_fields import PERSON_RULES
from roleferry_enrich.resolve.tenure import LISTS_STAFF

SEEDS = (1, 2, 3, 4, 5, 6)
COMPANIES = 100

_PRIOR = 0.9
"""What is expected of an origin before anything was counted, and how many counts that outweighs."""
_PRIOR_COUNTS = 20
_LEAVERS_PRIOR = 0.15
_LEAST, _MOST = 0.3, 0.98
_EXPECTED = (0.3, 1.0)
_STEPS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)

MATTER_OF_PERSON: Mapping[str, Matter] = {
    **{rule.field: rule.matter for rule in PERSON_RULES},
    **dict.fromkeys(("role", "appointed_on", "resigned_on"), Matter.OFFICE),
    **dict.fromkeys(("business_email", "personal_email"), Matter.MAILBOX),
    "phone": Matter.PHONE,
    "linkedin_url": Matter.PROFILE,
}
MATTER_OF_COMPANY: Mapping[str, Matter] = {rule.field: rule.matter for rule in COMPANY_RULES}

Trust = Mapping[Matter, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value that won, who said it and what else was said, and whether it is so."""

    known: FieldValue
    right: bool


@dataclass(slots=True)
class Counts:
    """What was seen in the worlds fitted on."""

    right: dict[tuple[Matter, str], int] = field(default_factory=lambda: defaultdict(int))
    said: dict[tuple[Matter, str], int] = field(default_factory=lambda: defaultdict(int))
    evidence: dict[Matter, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    still_shown: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: int = 0
    given_up: int = 0

    def statement(self, matter: Matter, origin: str, *, right: bool) -> None:
        self.said[matter, origin] += 1
        self.right[matter, origin] += right

    def trust(self, matter: Matter) -> dict[str, float]:
        """By origin the share it was right about, drawn to the prior where it said little."""
        found = {}
        for about, origin in self.said:
            if about is matter:
                right, said = self.right[matter, origin], self.said[matter, origin]
                share = (right + _PRIOR * _PRIOR_COUNTS) / (said + _PRIOR_COUNTS)
                found[origin] = round(min(max(share, _LEAST), _MOST), 3)
        return found


def main() -> None:
    text = fitted(world(seed, COMPANIES) for seed in SEEDS)
    if "--write" in sys.argv[1:]:
        Path(trust.__file__).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def fitted(worlds: Iterable[World]) -> str:
    """The text of the module that these worlds teach."""
    counts = Counts()
    for each in worlds:
        asyncio.run(_count(each, counts))
    return "".join(_module(counts))


async def _count(world: World, counts: Counts) -> None:
    async for case in cases(world):
        for judged in case.judged:
            _weigh(judged, counts)
        single = list(_single(world, case))
        if case.wanted is None:
            _count_leavers(world, case, single, counts)
        for origin, judged in single:
            matters = MATTER_OF_COMPANY if judged.person is None else MATTER_OF_PERSON
            for name, right in judged.facts.items():
                counts.statement(matters[name], origin, right=right)
            if judged.person is not None and "resigned_on" not in judged.fields:
                counts.statement(Matter.PERSON, origin, right=judged.is_right)


def _count_leavers(
    world: World, case: Case, single: Iterable[tuple[str, Judged]], counts: Counts
) -> None:
    """Of those who led the company and left, whom each origin that lists its people still shows."""
    shown: dict[str, list[int]] = defaultdict(list)
    for origin, judged in single:
        if judged.person is not None and "resigned_on" not in judged.fields:
            meant = recognised(judged.person, world.directory, case.about)
            shown[origin].append(-1 if meant is None else meant.id)
    leaders = [p for p in world.directory.connected(case.about.id) if p.seniority in EXECUTIVE]
    left = {p.id for p in leaders if p.company_id != case.about.id or p.resigned_on is not None}
    counts.held += len(leaders) - len(left)
    counts.given_up += len(left)
    for origin, people in shown.items():
        if len(people) >= LISTS_STAFF:
            counts.left[origin] += len(left)
            counts.still_shown[origin] += len(left & set(people))


def _weigh(judged: Judged, counts: Counts) -> None:
    matters = MATTER_OF_COMPANY if judged.person is None else MATTER_OF_PERSON
    for name, right in judged.facts.items():
        counts.evidence[matters[name]].append(Evidence(judged.fields[name], right))


def _single(world: World, case: Case) -> Iterator[tuple[str, Judged]]:
    """What each observation says on its own."""
    today = NOW.date()
    for one in case.observed.people:
        record = golden_person([one], {}, cohesion=1.0, today=today)
        yield one.provenance.origin, judged_person(world, case.about, record, case.wanted)
    for company in case.observed.companies:
        alone = resolve_company([company], today=today)
        if alone is not None:
            facts = company_facts(alone.fields, case.about)
            yield company.provenance.origin, Judged(alone.fields, facts)


def _module(counts: Counts) -> Iterator[str]:
    trusted = {matter: counts.trust(matter) for matter in Matter}
    weights = {matter: _weights(counts, matter, trusted) for matter in Matter}
    yield _HEAD
    yield "TRUST: Mapping[Matter, Mapping[str, float]] = MappingProxyType(\n    {\n"
    for matter, by_origin in trusted.items():
        yield f"        Matter.{matter.name}: MappingProxyType(\n            {{\n"
        for origin, share in sorted(by_origin.items()):
            yield f'                "{origin}": {share},\n'
        yield "            }\n        ),\n"
    yield f"    }}\n)\n{_ABOUT_TRUST}"
    yield from _table(
        "OTHERS", _ABOUT_OTHERS, lambda m: min(_PRIOR, _middling(trusted[m].values()))
    )
    yield from _table("INDEPENDENCE", _ABOUT_INDEPENDENCE, lambda m: weights[m][0])
    yield from _table("RIVALRY", _ABOUT_RIVALRY, lambda m: weights[m][1])
    yield "\nSTILL_SHOWN: Mapping[str, float] = MappingProxyType(\n    {\n"
    kept = {origin: _still_shown(counts, origin) for origin in sorted(counts.left)}
    yield from (f'        "{origin}": {share},\n' for origin, share in kept.items())
    yield f"    }}\n)\n{_ABOUT_STILL_SHOWN}"
    yield f"\nOTHERS_STILL_SHOWN = {max(kept.values())}\n"
    yield f"\nHELD = {counts.held / counts.given_up:.2f}\n{_ABOUT_HELD}"


def _still_shown(counts: Counts, origin: str) -> float:
    shown, left = counts.still_shown[origin], counts.left[origin]
    return round((shown + _LEAVERS_PRIOR * _PRIOR_COUNTS) / (left + _PRIOR_COUNTS), 3)


def _table(name: str, about: str, value: Callable[[Matter], float]) -> Iterator[str]:
    yield f"\n{name}: Mapping[Matter, float] = MappingProxyType(\n    {{\n"
    for matter in Matter:
        yield f"        Matter.{matter.name}: {value(matter)},\n"
    yield f"    }}\n)\n{about}"


def _middling(shares: Iterable[float]) -> float:
    """A quarter of the way up: better than the worst, worse than most."""
    ranked = sorted(shares)
    return ranked[len(ranked) // 4]


def _weights(counts: Counts, matter: Matter, trusted: Trust) -> tuple[float, float]:
    """The independence and rivalry under which what was seen is likeliest."""
    seen = [_prepared(one, matter, trusted) for one in counts.evidence[matter]]
    return min(product(_STEPS, _STEPS), key=lambda pair: (_surprise(seen, *pair), _oddity(*pair)))


def _oddity(independence: float, rivalry: float) -> float:
    """How far the weights are from what is expected where the worlds do not tell."""
    return abs(independence - _EXPECTED[0]) + abs(rivalry - _EXPECTED[1])


Prepared = tuple[tuple[float, ...], tuple[tuple[float, ...], ...], bool]


def _prepared(one: Evidence, matter: Matter, trusted: Trust) -> Prepared:
    """How likely each supporter of the value, and of each rival, is to be right."""
    today = NOW.date()
    known = trusted[matter]
    ages = {s.origin: freshness(s.as_of, today, matter) for s in one.known.sources}
    winner = _surest_first(known[origin] * age for origin, age in ages.items() if origin in known)
    rivals = tuple(
        _surest_first(known[provider] for provider in other.providers if provider in known)
        for other in one.known.alternatives
    )
    return winner or (_PRIOR,), tuple(filter(None, rivals)), one.right


def _surest_first(likely: Iterable[float]) -> tuple[float, ...]:
    return tuple(sorted(likely, reverse=True))


def _surprise(seen: list[Prepared], independence: float, rivalry: float) -> float:
    """The mean log loss."""
    total = 0.0
    for winner, rivals, right in seen:
        against = [agreed(rival, independence) for rival in rivals]
        chance = min(beside(agreed(winner, independence), against, rivalry), 0.99)
        total -= math.log(chance if right else 1.0 - chance)
    return round(total / max(len(seen), 1), 3)


_HEAD = '''"""How often each origin is right, by subject. Written by `python -m evaluation.fit`.

Counted on invented worlds and drawn towards 0.9 where there was little to count. The figures say
how well this product weighs evidence, and nothing of any real provider's quality.
"""

from collections.abc import Mapping
from types import MappingProxyType

from roleferry_enrich.resolve.matters import Matter

REGISTERS = frozenset({"companies_house"})
"""Origins whose word on company and office is the law's."""

'''
_ABOUT_TRUST = (
    '"""The share of an origin\'s statements that are right on the day they are made."""\n'
)
_ABOUT_OTHERS = (
    '"""The trust in an origin never measured: that of one a quarter up those that were."""\n'
)
_ABOUT_INDEPENDENCE = (
    '"""How much of a further origin\'s word counts: 1 if errors are made apart, 0 if copied."""\n'
)
_ABOUT_RIVALRY = (
    '"""How far another value speaks against one: 1 if only one can be true, 0 if all may be."""\n'
)
_ABOUT_STILL_SHOWN = (
    '"""The share of those who led a company and left whom an origin goes on showing."""\n'
)
_ABOUT_HELD = '"""The odds that somebody who ever led a company leads it still."""\n'


if __name__ == "__main__":
    main()
