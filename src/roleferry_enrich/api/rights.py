"""`/privacy`: people's rights to be forgotten, to know what is known, and to be told of it."""

from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from roleferry_enrich.api.answers.rights import (
    NOTICE_COLUMNS,
    access_data,
    erasure_data,
    erasure_page,
    unnoticed_page,
    unnoticed_row,
)
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import PrivacyCaller, Provided
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.idempotency import Once
from roleferry_enrich.api.media_types import CSV, JSON, TEXT, AcceptSheet, wanted
from roleferry_enrich.api.refusals import COMPUTES, CREATES, READS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.rights_desk import RightsDesk
from roleferry_enrich.api.schemas.rights import (
    AccessData,
    ErasureData,
    ErasurePage,
    MarkedData,
    NoticesBody,
    UnnoticedPage,
)
from roleferry_enrich.api.schemas.subjects import SubjectBody
from roleferry_enrich.api.subjects import somebody_of, whose
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.records.spreadsheets import csv_row

router = APIRouter(
    prefix="/privacy",
    route_class=StrictRoute,
    tags=["privacy"],
    default_response_class=JsonAnswer,
)
_STREAMED_AT_ONCE = 100


@router.post(
    "/erasures",
    operation_id="erasePerson",
    summary="Erase a person",
    response_model=ErasureData,
    response_description="The receipt",
    responses=documented(CREATES),
)
async def erase_person(
    body: SubjectBody,
    caller: PrivacyCaller,
    services: Provided,
    once: Once,
) -> Response:
    """Takes the person out of everything that is stored, cached or under way.

    Nobody is asked about them again: they are suppressed. Out of lists with others only they are
    taken, and what was paid stays in the books.

    Endpoints that subscribed to `contact.erased` are told which contacts are gone.
    """
    owner = whose(caller, everywhere=body.everywhere)
    work = partial(services.rights.erase, owner, somebody_of(body))
    return await once.answer(work, lambda it: json_response(erasure_data(it)), in_log=True)


@router.get(
    "/erasures",
    operation_id="listErasures",
    summary="List the erasures",
    response_model=ErasurePage,
    response_description="A page of receipts, the newest first",
    responses=documented(READS),
)
async def list_erasures(
    caller: PrivacyCaller, services: Provided, after: After = None, limit: PageSize = 25
) -> Response:
    page = await services.rights.receipts(caller.id, after=after, limit=limit)
    return json_response(erasure_page(page))


@router.get(
    "/erasures/{erasure_id}",
    operation_id="getErasure",
    summary="Get the receipt of an erasure",
    response_model=ErasureData,
    response_description="The receipt",
    responses=documented(READS_ONE),
)
async def get_erasure(erasure_id: UUID, caller: PrivacyCaller, services: Provided) -> Response:
    whose = None if Scope.OPERATOR in caller.scopes else caller.id
    return json_response(erasure_data(await services.rights.receipt(whose, erasure_id)))


@router.post(
    "/access",
    operation_id="exportPerson",
    summary="Export what is known of a person",
    response_model=AccessData,
    response_description="Everything that an erasure would take away",
    responses=documented(COMPUTES),
)
async def export_person(
    body: SubjectBody,
    caller: PrivacyCaller,
    services: Provided,
) -> Response:
    """A copy for the person: each value with who said it, who received it, and when it expires.

    Of what is about others only the person's part is shown. It is your account's alone; whether
    others know the person cannot be told from it.
    """
    owner = whose(caller, everywhere=body.everywhere)
    known = await services.rights.access(owner, somebody_of(body))
    return json_response(access_data(known))


@router.get(
    "/unnoticed",
    operation_id="listUnnoticed",
    summary="List who has not been told",
    response_model=UnnoticedPage,
    response_description="People who have not been told that you have their data",
    responses={200: {"content": {CSV: TEXT}}, **documented(READS)},
)
async def list_unnoticed(
    caller: PrivacyCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
    accept: AcceptSheet = JSON,
) -> Response:
    """Whose data comes from others is to be told within a month (Article 14 of the GDPR).

    JSON comes page by page, CSV comes whole, from `after` on.
    """
    if wanted(accept, (JSON, CSV)) == CSV:
        lines = _lines(services.rights, caller.id, after)
        return StreamingResponse(lines, media_type=CSV)
    page = await services.rights.unnoticed(caller.id, after=after, limit=limit)
    return json_response(unnoticed_page(page))


@router.post(
    "/notices",
    operation_id="markNoticed",
    summary="Say who has been told",
    response_model=MarkedData,
    response_description="How many had not been marked yet",
    responses=documented(CREATES),
)
async def mark_noticed(
    body: NoticesBody,
    caller: PrivacyCaller,
    services: Provided,
    once: Once,
) -> Response:
    """Contacts that are not there are passed over; of one that is marked again the first counts."""
    work = partial(services.rights.mark_told, caller.id, body.contact_ids, body.how, body.told_at)
    return await once.answer(work, lambda marked: json_response({"marked": marked}), in_log=True)


async def _lines(rights: RightsDesk, account_id: UUID, after: str | None) -> AsyncIterator[bytes]:
    yield csv_row(NOTICE_COLUMNS).encode()
    place = after
    while True:
        page = await rights.unnoticed(account_id, after=place, limit=_STREAMED_AT_ONCE)
        yield b"".join(csv_row(unnoticed_row(person)).encode() for person in page.items)
        if page.next is None:
            return
        place = page.next
