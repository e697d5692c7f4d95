"""Puts what was gathered together: the golden records, and how complete they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from roleferry_enrich.domain.enrichments import Goal, Request, Status
from roleferry_enrich.domain.flat_answer import flat_answer
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import ProviderOutcome
from roleferry_enrich.domain.records import Confidence, GoldenCompany, GoldenPerson
from roleferry_enrich.pipeline.last_word import last_words
from roleferry_enrich.pipeline.leaders import leaders
from roleferry_enrich.pipeline.situation import EXECUTIVES, wanted_fields
from roleferry_enrich.resolve.companies import resolve_company
from roleferry_enrich.resolve.people import resolve_people, resolve_person


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The golden records of one request."""

    person: GoldenPerson | None = None
    company: GoldenCompany | None = None
    executives: tuple[GoldenPerson, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.person is None and self.company is None and not self.executives


def merged(request: Request, observed: Observations, *, today: date) -> Result:
    """The records that answer the request, from the observations of its subject."""
    observed = last_words(observed)
    company = resolve_company(observed.companies, today=today)
    match request.goal:
        case Goal.COMPANY:
            return Result(company=company)
        case Goal.PERSON:
            person = resolve_person(observed.people, observed.verdicts, today=today)
            return Result(person=person, company=company)
        case Goal.EXECUTIVES:
            people = resolve_people(
                observed.people,
                observed.verdicts,
                today=today,
                employer=[said.claim for said in observed.companies],
            )
            return Result(company=company, executives=leaders(people, request))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the answer has come."""

    filled: frozenset[str] = frozenset()
    """Wanted fields known at the wanted confidence."""
    unsure: frozenset[str] = frozenset()
    """Wanted fields known with less confidence."""


def progress(request: Request, observed: Observations) -> Progress:
    days = [person.provenance.observed_at.date() for person in observed.people]
    days += [company.provenance.observed_at.date() for company in observed.companies]
    if not days:
        return Progress()
    result = merged(request, observed, today=max(days))
    floor = request.options.min_confidence
    known = _known(request, result)
    wanted = wanted_fields(request)
    sure = {name for name, confidence in known.items() if confidence >= floor}
    if request.goal is Goal.EXECUTIVES:
        leaders = sum(person.confidence >= floor for person in result.executives)
        sure |= {EXECUTIVES} if leaders >= request.limit else set()
    return Progress(
        filled=wanted & sure,
        unsure=wanted & (known.keys() - sure),
    )


def _known(request: Request, result: Result) -> Mapping[str, Confidence]:
    """Each known field's confidence, under the name by which offers give it."""
    company = result.company
    if request.goal is Goal.PERSON:
        flat = flat_answer(request.keys, result.person, company)
        return {name: known.confidence for name, known in flat.items()}
    if company is None:
        return {}
    known = {name: field.confidence for name, field in company.fields.items()}
    if company.workforce or company.workforce_change:
        known["workforce"] = company.confidence
    if "name" in known:
        known["company_name"] = known["name"]
    return known


def status_of(result: Result, outcomes: Iterable[ProviderOutcome]) -> Status:
    """Partial whenever a provider that could have added something did not get to."""
    if any(outcome.may_have_more for outcome in outcomes):
        return Status.PARTIAL
    return Status.NOT_FOUND if result.is_empty else Status.COMPLETE
