"""`POST /resolve`: which records are of one person."""

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.records import resolve_answer
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import EnrichCaller, Provided
from roleferry_enrich.api.refusals import COMPUTES, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.records import RecordBody, ResolveAnswer, ResolveBody
from roleferry_enrich.domain.loose_records import RECORD_FIELDS, LooseRecord

router = APIRouter(route_class=StrictRoute, tags=["records"], default_response_class=JsonAnswer)


@router.post(
    "/resolve",
    operation_id="resolveRecords",
    summary="Tell which records are of one person",
    response_model=ResolveAnswer,
    response_description="A result for each record",
    responses=documented(COMPUTES),
)
async def resolve_records(
    body: ResolveBody,
    caller: EnrichCaller,  # noqa: ARG001 - all of them see the same
    services: Provided,
) -> Response:
    """Compares the records with each other and with nothing else; nothing of them is kept.

    A name alone joins no records. Where it is not clear enough whose a record is, it stays by
    itself and its result names the clusters it may belong to.
    """
    outcomes = await services.resolve([_record(sent) for sent in body.records])
    return json_response(resolve_answer(body.records, outcomes))


def _record(sent: RecordBody) -> LooseRecord:
    return LooseRecord(**{name: getattr(sent, name) for name in RECORD_FIELDS})
