"""Invented answers, for who asked for one where no provider can give a real one."""

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.pipeline.progress import Result


def sample_result(request: Request) -> Result:
    # An invented world, for the few who ask for one.
    from roleferry_enrich.sandbox.samples import sample  # noqa: PLC0415

    company, people = sample(request.keys, request.limit)
    match request.goal:
        case Goal.PERSON:
            return Result(person=people[0], company=company)
        case Goal.EXECUTIVES:
            return Result(company=company, executives=people)
        case Goal.COMPANY:
            return Result(company=company)
