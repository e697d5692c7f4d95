"""`/privacy/suppressions`: who must not be processed."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from roleferry_enrich.api.answers.suppressions import suppression_data, suppression_page
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import PrivacyCaller, Provided
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.idempotency import Once, Repeatable
from roleferry_enrich.api.refusals import CREATES, READS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.suppressions import (
    SuppressionBody,
    SuppressionData,
    SuppressionPage,
)
from roleferry_enrich.api.subjects import somebody_of, whose
from roleferry_enrich.api.suppression_desk import SuppressionDesk
from roleferry_enrich.errors import NotFound
from roleferry_enrich.storage.transactions import Alongside

router = APIRouter(
    prefix="/privacy/suppressions",
    route_class=StrictRoute,
    tags=["privacy"],
    default_response_class=JsonAnswer,
)
Everywhere = Annotated[
    bool, Query(description="Of the whole installation; needs the scope `operator`.")
]


@router.post(
    "",
    operation_id="suppressPerson",
    summary="Never look somebody up again",
    status_code=201,
    response_model=SuppressionData,
    response_description="The suppression, in force",
    responses=documented(CREATES),
)
async def suppress_person(
    body: SuppressionBody,
    caller: PrivacyCaller,
    services: Provided,
    once: Once,
) -> Response:
    """Give all identifiers that are known: a person is recognised by each, in any spelling.

    In force within two seconds in every process. No provider is asked about them, no cache is
    read, and whatever others say of them is neither kept nor told. Kept are digests under a key of
    the installation, from which nobody can be read. The same body again is the same suppression.
    """
    owner = whose(caller, everywhere=body.everywhere)
    work = partial(
        services.suppressions.suppress,
        owner,
        somebody_of(body),
        reason=body.reason,
        source="api",
    )
    return await once.answer(
        work, lambda it: json_response(suppression_data(it), status=201), in_log=True
    )


@router.get(
    "",
    operation_id="listSuppressions",
    summary="List the suppressions",
    response_model=SuppressionPage,
    response_description="A page of suppressions",
    responses=documented(READS),
)
async def list_suppressions(
    caller: PrivacyCaller,
    services: Provided,
    *,
    after: After = None,
    limit: PageSize = 25,
    everywhere: Everywhere = False,
) -> Response:
    """Those that hold, newest first, as digests and dates."""
    owner = whose(caller, everywhere=everywhere)
    entries, rest = await services.suppressions.listed(owner, after=after, limit=limit)
    return json_response(suppression_page(entries, rest))


@router.delete(
    "/{suppression_id}",
    operation_id="releaseSuppression",
    summary="End a suppression",
    status_code=204,
    response_class=Response,
    response_description="It does not hold any more",
    responses=documented(READS_ONE),
)
async def release_suppression(
    suppression_id: UUID,
    caller: PrivacyCaller,
    services: Provided,
    change: Repeatable,
    *,
    everywhere: Everywhere = False,
) -> Response:
    """The person may be looked up again, unless another suppression names them too."""
    owner = whose(caller, everywhere=everywhere)
    work = partial(_released, services.suppressions, owner, suppression_id)
    return await change.answer(work, lambda _: Response(status_code=204), in_log=True)


async def _released(
    desk: SuppressionDesk,
    owner: UUID | None,
    suppression_id: UUID,
    *,
    alongside: Alongside[None] | None,
) -> None:
    if not await desk.release(owner, suppression_id, alongside):
        raise NotFound("there is no such suppression")
