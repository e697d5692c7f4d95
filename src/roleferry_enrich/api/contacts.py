"""What is stored of people: listed, one by one, and how each came to be what it is."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from roleferry_enrich.api.answers.contact import contact_data, contact_page, history_page
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Provided, ReadCaller
from roleferry_enrich.api.personal import changes_shown, contact_shown, page_shown
from roleferry_enrich.api.refusals import READS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.contacts import ContactData, ContactPage, HistoryPage
from roleferry_enrich.errors import NotFound

router = APIRouter(route_class=StrictRoute, tags=["contacts"], default_response_class=JsonAnswer)

After = Annotated[
    str | None,
    Query(
        description="The `next` of the page before.",
        max_length=512,
        pattern=r"^[A-Za-z0-9_.=-]+$",
    ),
]
PageSize = Annotated[int, Query(description="The most entries wanted.", ge=1, le=100)]


@router.get(
    "/contacts",
    operation_id="listContacts",
    summary="List the stored contacts",
    response_model=ContactPage,
    response_description="A page of contacts",
    responses=documented(READS),
)
async def list_contacts(
    caller: ReadCaller, services: Provided, after: After = None, limit: PageSize = 25
) -> Response:
    """Every contact of the account, page by page."""
    page = await services.contacts(caller.id, after=after, limit=limit)
    return json_response(contact_page(page_shown(page, caller)))


@router.get(
    "/contacts/{contact_id}",
    operation_id="getContact",
    summary="Get a stored contact",
    response_model=ContactData,
    response_description="The contact",
    responses=documented(READS_ONE),
)
async def get_contact(contact_id: UUID, caller: ReadCaller, services: Provided) -> Response:
    contact = await services.contact(caller.id, contact_id)
    if contact is None:
        raise NotFound("there is no such contact")
    return json_response(contact_data(contact_shown(contact, caller)))


@router.get(
    "/contacts/{contact_id}/history",
    operation_id="getContactHistory",
    summary="List a contact's changes",
    response_model=HistoryPage,
    response_description="A page of changes, the newest first",
    responses=documented(READS_ONE),
)
async def get_contact_history(
    contact_id: UUID,
    caller: ReadCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
) -> Response:
    """Every value a field had, and the enrichment that changed it."""
    page = await services.contact_history(caller.id, contact_id, after=after, limit=limit)
    if page is None:
        raise NotFound("there is no such contact")
    return json_response(history_page(replace(page, items=changes_shown(page.items, caller))))
