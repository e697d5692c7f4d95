"""`POST /enrich` and `GET /enrichments/{id}`: one contact now, and any answer as known later."""

from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.enrichment import enrichment_response
from roleferry_enrich.api.asking import answered
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Arrival, EnrichCaller, Provided, ReadCaller
from roleferry_enrich.api.dry_runs import DryRun
from roleferry_enrich.api.idempotency import Once
from roleferry_enrich.api.personal import sees_personal, shown
from roleferry_enrich.api.refusals import PAYS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.api.schemas.answers import AnyAnswer, EnrichAnswer
from roleferry_enrich.api.schemas.plans import EnrichmentPlan
from roleferry_enrich.api.schemas.requests import EnrichBody
from roleferry_enrich.api.translation import contact_request
from roleferry_enrich.domain.enrichments import Request
from roleferry_enrich.domain.waterfalls import Waterfalls
from roleferry_enrich.errors import NotFound

router = APIRouter(route_class=StrictRoute, tags=["enrichment"], default_response_class=JsonAnswer)


@router.post(
    "/enrich",
    operation_id="enrichContact",
    summary="Enrich one contact",
    response_model=EnrichAnswer | EnrichmentPlan,
    response_description="What is known by the deadline, also where that is nothing",
    responses=documented(PAYS),
)
async def enrich_contact(
    body: EnrichBody,
    caller: EnrichCaller,
    services: Provided,
    came_at: Arrival,
    once: Once,
    *,
    dry_run: DryRun = False,
) -> Response:
    """Asks every capable provider at once and answers with one merged contact.

    The answer comes at the deadline at the latest. Providers that are still at work then go on,
    and `GET /enrichments/{enrichment_id}` shows what they bring.

    With `dry_run=true` it answers with the plan instead: who would be asked and in which order,
    what that would cost and fill. That costs nothing and leaves no trace.
    """
    named = Same(services.waterfalls.of(caller.id))
    request = _asked(Same(body), Same(services.catalogue), named, sees=sees_personal(caller))
    return await answered(request, caller, services, came_at, once, dry_run=dry_run)


@lru_cache(maxsize=512)
def _asked(
    body: Same[EnrichBody], providers: Same[Collection[str]], named: Same[Waterfalls], *, sees: bool
) -> Request:
    """A body that was sent again is the same object (`api/bodies.py`)."""
    return contact_request(body.it, providers.it, named.it, shows_personal=sees)


@router.get(
    "/enrichments/{enrichment_id}",
    operation_id="getEnrichment",
    summary="Get an enrichment as known now",
    response_model=AnyAnswer,
    response_description="The answer, in the shape of the operation that asked",
    responses=documented(READS_ONE),
)
async def get_enrichment(enrichment_id: UUID, caller: ReadCaller, services: Provided) -> Response:
    """The same answer as given then, with what came in since. Costs nothing."""
    enrichment = await services.enrichment(caller.id, enrichment_id)
    if enrichment is None:
        raise NotFound("there is no such enrichment")
    return enrichment_response(shown(enrichment, caller))
