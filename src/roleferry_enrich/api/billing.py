"""`/account/credits` and `/account/usage`: what an account has, pays and used."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from roleferry_enrich.api.answers.billing import credits_data, usage_data, usage_sheet
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Caller, Provided
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.refusals import READS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.billing import CreditsData, UsageData
from roleferry_enrich.errors import Fault, InvalidQuery

router = APIRouter(route_class=StrictRoute, tags=["account"], default_response_class=JsonAnswer)

JSON, CSV = "application/json", "text/csv"
_TEXT = {"schema": {"type": "string"}}
_USUAL = timedelta(days=29)
_LONGEST = timedelta(days=366)
Since = Annotated[date | None, Query(description="The first day; thirty days ago by default.")]
Until = Annotated[date | None, Query(description="The last day, UTC; today by default.")]
Accept = Annotated[str, Header(description=f"`{JSON}` or `{CSV}`.")]


@router.get(
    "/account/credits",
    operation_id="getCredits",
    summary="Get the account's credits and their ledger",
    response_model=CreditsData,
    response_description="The balance, the prices and a page of the ledger",
    responses=documented(READS),
)
async def get_credits(
    caller: Caller, services: Provided, after: After = None, limit: PageSize = 25
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
    responses={200: {"content": {CSV: _TEXT}}, **documented(READS)},
)
async def get_usage(
    caller: Caller,
    services: Provided,
    since: Since = None,
    until: Until = None,
    accept: Accept = JSON,
) -> Response:
    """Money is what providers are paid, credits what the account is charged."""
    first, last = _days(since, until, datetime.now(UTC).date())
    usage = await services.billing.usage(caller.id, first, last)
    if CSV in accept.lower():
        return Response(usage_sheet(usage), media_type=CSV)
    return json_response(usage_data(usage))


def _days(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = min(until or today, date.max - timedelta(days=1))
    # The calendar has a first day too.
    first = since or max(last, date.min + _USUAL) - _USUAL
    if not timedelta(0) <= last - first <= _LONGEST:
        fault = Fault("since", "out_of_range", "at most 366 days, of which `until` is the last")
        raise InvalidQuery("see `errors`", faults=(fault,))
    return first, last
