"""`/account/credits` and `/account/usage`: what an account has, pays and used."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from roleferry_enrich.api.answers.billing import credits_data, usage_data, usage_sheet
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Provided, ReadCaller
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.media_types import CSV, JSON, TEXT, AcceptSheet, wanted
from roleferry_enrich.api.refusals import READS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.billing import CreditsData, UsageData
from roleferry_enrich.api.schemas.times import Day

router = APIRouter(route_class=StrictRoute, tags=["account"], default_response_class=JsonAnswer)

Since = Annotated[Day | None, Query(description="The first day; thirty days ago by default.")]
Until = Annotated[Day | None, Query(description="The last day, UTC; today by default.")]


@router.get(
    "/account/credits",
    operation_id="getCredits",
    summary="Get the account's credits and their ledger",
    response_model=CreditsData,
    response_description="The balance, the prices and a page of the ledger",
    responses=documented(READS),
)
async def get_credits(
    caller: ReadCaller, services: Provided, after: After = None, limit: PageSize = 25
) -> Response:
    """Credits are taken out before anybody is asked, and what was not found comes back.

    An account that was never granted any is not metered: nothing it asks costs credits.
    """
    desk = services.billing
    page = await desk.ledger(caller.id, after=after, limit=limit)
    balance = await desk.balance(caller.id)
    return json_response(credits_data(await desk.plan(caller.id), balance, page))


@router.get(
    "/account/usage",
    operation_id="getUsage",
    summary="Get what the account used",
    response_model=UsageData,
    response_description="By day, provider, field and API key, with what it cost and brought",
    responses={200: {"content": {CSV: TEXT}}, **documented(READS)},
)
async def get_usage(
    caller: ReadCaller,
    services: Provided,
    since: Since = None,
    until: Until = None,
    accept: AcceptSheet = JSON,
) -> Response:
    """Money is what providers are paid, credits what the account is charged."""
    usage = await services.billing.usage(caller.id, since, until)
    if wanted(accept, (JSON, CSV)) == CSV:
        return Response(usage_sheet(usage), media_type=CSV)
    return json_response(usage_data(usage))
