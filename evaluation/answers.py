"""Requests as a customer sends them, answered against invented worlds, with what came judged."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from evaluation.facts import company_facts, person_facts
from evaluation.recognition import recognised
from evaluation.rehearsal import World, answered
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import FieldValue, GoldenPerson
from roleferry_enrich.sandbox.inhabitants import Company, Person

_EVERY = 9
"""Of so many people one is asked for by name: enough to count, and no more."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A golden record: what it says, and what of it is so."""

    fields: Mapping[str, FieldValue]
    facts: Mapping[str, bool]
    person: GoldenPerson | None = None
    """None for a company."""
    is_right: bool = True
    """Whether it is who was asked for, or works where was asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request's end."""

    about: Company
    wanted: Person | None
    observed: Observations
    judged: tuple[Judged, ...]


async def cases(world: World) -> AsyncIterator[Case]:
    """Every company's executives, and every ninth person by mailbox or by name and company."""
    for company in world.population.companies:
        yield await _executives(world, company)
    for person in world.population.people[1::_EVERY]:
        yield await _person(world, person)


async def _executives(world: World, company: Company) -> Case:
    keys = Keys(domain=Domain(company.domain))
    answer = await answered(world, Request(goal=Goal.EXECUTIVES, keys=keys, limit=100))
    judged = [judged_person(world, company, p) for p in answer.result.executives]
    if answer.result.company:
        fields = answer.result.company.fields
        judged.append(Judged(fields, company_facts(fields, company)))
    return Case(company, None, answer.observed, tuple(judged))


async def _person(world: World, person: Person) -> Case:
    company = world.population.companies[person.company_id]
    domain = Domain(company.domain)
    by_name = Keys(full_name=person.full_name, domain=domain)
    keys = by_name if person.id % 2 else Keys(email=Email(person.email), domain=domain)
    answer = await answered(world, Request(goal=Goal.PERSON, keys=keys))
    found = answer.result.person
    judged = (judged_person(world, company, found, person),) if found else ()
    return Case(company, person, answer.observed, judged)


def judged_person(
    world: World, company: Company, record: GoldenPerson, wanted: Person | None = None
) -> Judged:
    """The record against who it speaks of; only who was wanted counts where somebody was."""
    meant = recognised(record, world.directory, company)
    is_right = meant is not None and meant == wanted
    if wanted is None and meant is not None:
        is_right = meant.company_id == company.id and meant.resigned_on is None
    if wanted is not None and not is_right:
        meant = None
    employer = world.population.companies[meant.company_id] if meant else company
    facts = person_facts(record.fields, meant, employer)
    return Judged(record.fields, facts, record, is_right)
