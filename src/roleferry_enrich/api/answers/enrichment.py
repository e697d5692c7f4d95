"""The answer to any enrichment, by what was asked for."""

from functools import lru_cache
from typing import assert_never

from fastapi import Response

from roleferry_enrich.api.answers.company import company_answer
from roleferry_enrich.api.answers.contact import contact_answer
from roleferry_enrich.api.answers.executives import executives_answer
from roleferry_enrich.api.responses import json_response, rendered
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.api.schemas.answers import Answer
from roleferry_enrich.api.services import Subjects
from roleferry_enrich.domain.enrichments import Enrichment, Goal
from roleferry_enrich.privacy.normal_forms import of_golden, of_keys
from roleferry_enrich.storage.idempotency import About

SAMPLE_HEADER = "X-Sample-Data"


def answer_of(enrichment: Enrichment) -> Answer:
    match enrichment.request.goal:
        case Goal.PERSON:
            return contact_answer(enrichment)
        case Goal.EXECUTIVES:
            return executives_answer(enrichment)
        case Goal.COMPANY:
            return company_answer(enrichment)
        case _ as never:
            assert_never(never)


def about_enrichment(enrichment: Enrichment, subjects: Subjects) -> About:
    """Whoever was asked for, and whoever was found."""
    people = (enrichment.person, *enrichment.executives)
    found = (f for person in people if person for f in of_golden(person, enrichment.company))
    forms = dict.fromkeys([*of_keys(enrichment.request.keys), *found])
    return About(enrichment.id, subjects.digests(forms))


def enrichment_response(enrichment: Enrichment) -> Response:
    headers = {SAMPLE_HEADER: "true"} if enrichment.sample else None
    return json_response(_rendered(Same(enrichment)), headers=headers)


@lru_cache(maxsize=256)
def _rendered(enrichment: Same[Enrichment]) -> bytes:
    """What is recalled is the same object as before, and so are its bytes."""
    return rendered(answer_of(enrichment.it))
