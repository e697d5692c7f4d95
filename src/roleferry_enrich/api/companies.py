"""What is asked about a company: its executives, the company itself, its stored contacts."""

from uuid import UUID

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.contact import contact_page
from roleferry_enrich.api.asking import answered
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Arrival, EnrichCaller, Provided, ReadCaller
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.dry_runs import DryRun
from roleferry_enrich.api.idempotency import Once
from roleferry_enrich.api.personal import page_shown, sees_personal
from roleferry_enrich.api.refusals import PAYS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.answers import CompanyAnswer, ExecutivesAnswer
from roleferry_enrich.api.schemas.contacts import ContactPage
from roleferry_enrich.api.schemas.plans import EnrichmentPlan
from roleferry_enrich.api.schemas.requests import CompanyBody, ExecutivesBody
from roleferry_enrich.api.translation import company_request, executives_request
from roleferry_enrich.errors import NotFound

router = APIRouter(route_class=StrictRoute, tags=["companies"], default_response_class=JsonAnswer)


@router.post(
    "/companies/executives",
    operation_id="findExecutives",
    summary="Find a company's executives",
    response_model=ExecutivesAnswer | EnrichmentPlan,
    response_description="What is known by the deadline, also where that is nothing",
    responses=documented(PAYS),
)
async def find_executives(
    body: ExecutivesBody,
    caller: EnrichCaller,
    services: Provided,
    came_at: Arrival,
    once: Once,
    *,
    dry_run: DryRun = False,
) -> Response:
    """Asks registers, websites and data providers at once, and merges who they say leads it."""
    named, sees = services.waterfalls.of(caller.id), sees_personal(caller)
    request = executives_request(body, services.catalogue, named, shows_personal=sees)
    return await answered(request, caller, services, came_at, once, dry_run=dry_run)


@router.post(
    "/companies/enrich",
    operation_id="enrichCompany",
    summary="Enrich one company",
    response_model=CompanyAnswer | EnrichmentPlan,
    response_description="What is known by the deadline, also where that is nothing",
    responses=documented(PAYS),
)
async def enrich_company(
    body: CompanyBody,
    caller: EnrichCaller,
    services: Provided,
    came_at: Arrival,
    once: Once,
    *,
    dry_run: DryRun = False,
) -> Response:
    """What a company is, what it works with, and how its staff changes."""
    request = company_request(body, services.catalogue, services.waterfalls.of(caller.id))
    return await answered(request, caller, services, came_at, once, dry_run=dry_run)


@router.get(
    "/companies/{company_id}/contacts",
    operation_id="listCompanyContacts",
    summary="List a company's stored contacts",
    response_model=ContactPage,
    response_description="A page of contacts",
    responses=documented(READS_ONE),
)
async def list_company_contacts(
    company_id: UUID,
    caller: ReadCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
) -> Response:
    if await services.company(caller.id, company_id) is None:
        raise NotFound("there is no such company")
    page = await services.contacts(caller.id, after=after, limit=limit, company_id=company_id)
    return json_response(contact_page(page_shown(page, caller)))
