"""`GET /providers`: who can be asked for what, at what price, and how each is now."""

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.providers import provider_list
from roleferry_enrich.api.callers import Caller, Provided
from roleferry_enrich.api.refusals import READS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.providers import ProviderList

router = APIRouter(tags=["providers"], default_response_class=JsonAnswer)


@router.get(
    "/providers",
    operation_id="listProviders",
    summary="List the providers",
    response_model=ProviderList,
    response_description="Every provider, also those that are not set up",
    responses=documented(READS),
)
async def list_providers(
    caller: Caller,  # noqa: ARG001 - whoever has a key
    services: Provided,
) -> Response:
    """What each can be asked, needs and gives, what it costs and allows here, and its state now."""
    health = await services.health()
    return json_response(provider_list(services.profiles, health.providers))
