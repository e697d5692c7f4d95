"""`/privacy/handling`: to what end an account looks people up, and whom it tells nothing."""

from functools import partial

from fastapi import APIRouter, Response

from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import PrivacyCaller, Provided
from roleferry_enrich.api.idempotency import Repeatable
from roleferry_enrich.api.refusals import COMPUTES, READS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.handling import HandlingBody, HandlingData
from roleferry_enrich.domain.handling import Handling, LawfulBasis
from roleferry_enrich.errors import Fault, InvalidQuery

router = APIRouter(
    prefix="/privacy/handling",
    route_class=StrictRoute,
    tags=["privacy"],
    default_response_class=JsonAnswer,
)
EXAMPLE = Handling(
    purpose="Finding whom to offer our services to",
    lawful_basis=LawfulBasis.LEGITIMATE_INTERESTS,
    providers_off=frozenset({"clay"}),
)


@router.get(
    "",
    operation_id="getHandling",
    summary="How the account handles people's data",
    response_model=HandlingData,
    response_description="What the account has said of it",
    responses=documented(READS),
)
async def get_handling(caller: PrivacyCaller, services: Provided) -> Response:
    return json_response(handling_data(await services.handlings.of(caller.id)))


@router.put(
    "",
    operation_id="putHandling",
    summary="Say to what end people are looked up, and who is told nothing",
    response_model=HandlingData,
    response_description="As it holds from now on",
    responses=documented(COMPUTES),
)
async def put_handling(
    body: HandlingBody,
    caller: PrivacyCaller,
    services: Provided,
    change: Repeatable,
) -> Response:
    """In force within five seconds in every process; items of jobs that wait are asked by it too.

    The purpose and the ground are kept with each enrichment and each person it brings.
    """
    unknown = sorted(set(body.providers_off) - set(services.catalogue))
    if unknown:
        fault = Fault("providers_off", "unknown_provider", "must be names of providers")
        raise InvalidQuery("see `errors`", faults=(fault,))
    handling = Handling(
        purpose=body.purpose,
        lawful_basis=LawfulBasis(body.lawful_basis) if body.lawful_basis else None,
        providers_off=frozenset(body.providers_off),
    )
    work = partial(services.handlings.change, caller.id, handling)
    return await change.answer(work, lambda it: json_response(handling_data(it)), in_log=True)


def handling_data(handling: Handling) -> HandlingData:
    return {
        "purpose": handling.purpose,
        "lawful_basis": handling.lawful_basis,
        "providers_off": sorted(handling.providers_off),
    }
