"""Webhook endpoints and their deliveries as the API shows them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from roleferry_enrich.api.schemas.webhook_endpoints import (
    AttemptData,
    DeliveryData,
    DeliveryPage,
    EndpointData,
    EndpointList,
    EndpointWithSecret,
)
from roleferry_enrich.domain.outgoing_webhooks import Attempt, Delivery, Endpoint
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.webhooks.outgoing.signing import message_id


def endpoint_data(endpoint: Endpoint) -> EndpointData:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "events": [event.value for event in endpoint.events],
        "enabled": endpoint.disabled_at is None,
        "disabled_at": endpoint.disabled_at,
        "disabled_by": endpoint.disabled_by.value if endpoint.disabled_by else None,
        "failing_since": endpoint.failing_since,
        "old_secret_until": endpoint.old_secret_until,
        "created_at": endpoint.created_at,
    }


def endpoint_with_secret(endpoint: Endpoint, secret: str) -> EndpointWithSecret:
    return {**endpoint_data(endpoint), "secret": secret}


def endpoint_list(endpoints: Sequence[Endpoint]) -> EndpointList:
    return {"items": [endpoint_data(endpoint) for endpoint in endpoints]}


def delivery_page(page: Page[Delivery]) -> DeliveryPage:
    return {"items": [delivery_data(delivery) for delivery in page.items], "next": page.next}


def delivery_data(delivery: Delivery) -> DeliveryData:
    return {
        "id": delivery.id,
        "message_id": message_id(delivery.event_id),
        "event": delivery.event.value,
        "state": delivery.state.value,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.due_at,
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> AttemptData:
    shown = {
        "number": attempt.number,
        "sent_at": attempt.sent_at,
        "duration_ms": attempt.duration // timedelta(milliseconds=1),
        "status": attempt.status,
        "failure": attempt.failure,
    }
    return cast("AttemptData", shown)
