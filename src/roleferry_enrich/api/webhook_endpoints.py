"""`/webhook-endpoints`: where an account wants to be told of events, and what became of it."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.webhook_endpoints import (
    delivery_data,
    delivery_page,
    endpoint_data,
    endpoint_list,
    endpoint_with_secret,
)
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Provided, WebhooksCaller
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.idempotency import Once, Repeatable
from roleferry_enrich.api.refusals import (
    ACTS,
    CHANGES,
    CREATES,
    READS,
    READS_ONE,
    ROTATES,
    documented,
)
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.webhook_endpoints import (
    DeliveryData,
    DeliveryPage,
    EndpointBody,
    EndpointChangeBody,
    EndpointData,
    EndpointList,
    EndpointWithSecret,
    RotationBody,
)
from roleferry_enrich.domain.outgoing_webhooks import (
    Delivery,
    Endpoint,
    EndpointChange,
    EndpointWish,
)
from roleferry_enrich.domain.webhook_events import EventType

router = APIRouter(
    prefix="/webhook-endpoints",
    route_class=StrictRoute,
    tags=["webhooks"],
    default_response_class=JsonAnswer,
)


@router.post(
    "",
    operation_id="createWebhookEndpoint",
    summary="Register an endpoint for events",
    status_code=201,
    response_model=EndpointWithSecret,
    response_description="The endpoint, with its secret",
    responses=documented(CREATES),
)
async def create_webhook_endpoint(
    body: EndpointBody,
    caller: WebhooksCaller,
    services: Provided,
    once: Once,
) -> Response:
    """Events are sent as Standard Webhooks 1.0 has it, so its libraries verify them.

    The secret is shown in this answer and never again. The events are listed under `webhooks` in
    this document. Up to 20 endpoints.
    """
    wish = EndpointWish(
        url=body.url,
        events=_events(body.events),
        description=body.description,
        secret=body.secret,
    )
    return await once.answer(
        partial(services.webhooks.register, caller.id, wish), _registered, in_log=True
    )


def _registered(made: tuple[Endpoint, str]) -> Response:
    location = {"Location": f"/webhook-endpoints/{made[0].id}"}
    return json_response(endpoint_with_secret(*made), status=201, headers=location)


@router.get(
    "",
    operation_id="listWebhookEndpoints",
    summary="List the endpoints",
    response_model=EndpointList,
    response_description="All endpoints",
    responses=documented(READS),
)
async def list_webhook_endpoints(caller: WebhooksCaller, services: Provided) -> Response:
    return json_response(endpoint_list(await services.webhooks.all(caller.id)))


@router.get(
    "/{endpoint_id}",
    operation_id="getWebhookEndpoint",
    summary="Get an endpoint",
    response_model=EndpointData,
    response_description="The endpoint",
    responses=documented(READS_ONE),
)
async def get_webhook_endpoint(
    endpoint_id: UUID, caller: WebhooksCaller, services: Provided
) -> Response:
    return json_response(endpoint_data(await services.webhooks.get(caller.id, endpoint_id)))


@router.patch(
    "/{endpoint_id}",
    operation_id="changeWebhookEndpoint",
    summary="Change, disable or enable an endpoint",
    response_model=EndpointData,
    response_description="The endpoint as it is now",
    responses=documented(CHANGES),
)
async def change_webhook_endpoint(
    body: EndpointChangeBody,
    caller: WebhooksCaller,
    services: Provided,
    endpoint_id: UUID,
    change: Repeatable,
) -> Response:
    """Another URL is another endpoint, with a secret of its own."""
    wish = EndpointChange(
        events=None if body.events is None else _events(body.events),
        description=body.description,
        enabled=body.enabled,
    )
    work = partial(services.webhooks.change, caller.id, endpoint_id, wish)
    return await change.answer(work, lambda it: json_response(endpoint_data(it)), in_log=True)


@router.delete(
    "/{endpoint_id}",
    operation_id="deleteWebhookEndpoint",
    summary="Remove an endpoint with its deliveries",
    status_code=204,
    response_description="It is gone",
    responses=documented(READS_ONE),
)
async def delete_webhook_endpoint(
    endpoint_id: UUID, caller: WebhooksCaller, services: Provided, change: Repeatable
) -> Response:
    work = partial(services.webhooks.remove, caller.id, endpoint_id)
    return await change.answer(work, lambda _: Response(status_code=204), in_log=True)


@router.post(
    "/{endpoint_id}/rotate",
    operation_id="rotateWebhookSecret",
    summary="Replace an endpoint's secret",
    response_model=EndpointWithSecret,
    response_description="The endpoint, with its new secret",
    responses=documented(ROTATES),
)
async def rotate_webhook_secret(
    body: RotationBody,
    caller: WebhooksCaller,
    services: Provided,
    endpoint_id: UUID,
    once: Once,
) -> Response:
    """For a day, or as long as asked for, messages are signed with both secrets."""
    overlap = timedelta(seconds=body.overlap_s)
    rotate = partial(services.webhooks.rotate, caller.id, endpoint_id, body.secret, overlap)
    return await once.answer(
        rotate, lambda made: json_response(endpoint_with_secret(*made)), in_log=True
    )


@router.post(
    "/{endpoint_id}/test",
    operation_id="testWebhookEndpoint",
    summary="Send an endpoint a test event",
    status_code=202,
    response_model=DeliveryData,
    response_description="The delivery that was begun",
    responses=documented(ACTS),
)
async def test_webhook_endpoint(
    endpoint_id: UUID, caller: WebhooksCaller, services: Provided, once: Once
) -> Response:
    """What came of it is in the endpoint's deliveries a moment later."""
    work = partial(services.webhooks.test, caller.id, endpoint_id)
    return await once.answer(work, _begun, in_log=True)


@router.get(
    "/{endpoint_id}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="List what was sent to an endpoint",
    response_model=DeliveryPage,
    response_description="A page of deliveries, the newest first",
    responses=documented(READS_ONE),
)
async def list_webhook_deliveries(
    endpoint_id: UUID,
    caller: WebhooksCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
) -> Response:
    """Every message of the last 30 days with each attempt: when, how long, what status."""
    page = await services.webhooks.deliveries(caller.id, endpoint_id, after=after, limit=limit)
    return json_response(delivery_page(page))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    operation_id="replayWebhookDelivery",
    summary="Send a message again",
    status_code=202,
    response_model=DeliveryData,
    response_description="The delivery, waiting to be sent",
    responses=documented(ACTS),
)
async def replay_webhook_delivery(
    endpoint_id: UUID, delivery_id: UUID, caller: WebhooksCaller, services: Provided, once: Once
) -> Response:
    """The same message under the same `webhook-id`, at once and with all retries before it."""
    work = partial(services.webhooks.replay, caller.id, endpoint_id, delivery_id)
    return await once.answer(work, _begun, in_log=True)


def _begun(delivery: Delivery) -> Response:
    return json_response(delivery_data(delivery), status=202)


def _events(names: list[str]) -> tuple[EventType, ...]:
    return tuple(dict.fromkeys(map(EventType, names)))
