"""The answer to any enrichment, by what was asked for."""

from typing import assert_never

from fastapi import Response

from roleferry_enrich.api.answers.company import company_answer
from roleferry_enrich.api.answers.contact import contact_answer
from roleferry_enrich.api.answers.executives import executives_answer
from roleferry_enrich.api.responses import json_response
from roleferry_enrich.api.schemas.answers import Answer
from roleferry_enrich.domain.enrichments import Enrichment, Goal

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


def enrichment_response(enrichment: Enrichment) -> Response:
    headers = {SAMPLE_HEADER: "true"} if enrichment.sample else None
    return json_response(answer_of(enrichment), headers=headers)
