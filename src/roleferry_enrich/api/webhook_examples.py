"""Examples of webhook endpoints for the documentation, rendered as real answers are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.api.answers.webhook_endpoints import (
    delivery_data,
    delivery_page,
    endpoint_data,
    endpoint_list,
    endpoint_with_secret,
)
from roleferry_enrich.domain.outgoing_webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.webhook_events import EventType

ENDPOINT_ID = UUID("b7a2c9d4-1e3f-4a5b-8c6d-7e9f0a1b2c3d")
DELIVERY_ID = UUID("51f0d8b3-7c2e-4a96-9b0d-6e4f3a2c1d85")
_EVENT_ID = UUID("e2b4a6c8-0d1f-5a3b-8c7d-9e0f1a2b3c4d")
_ACCOUNT_ID = UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071")
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_SECRET = "whsec_" + "RXhhbXBsZSBzZWNyZXQsIG5vdCBvbmUgdG8gdXNlISE="

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "createWebhookEndpoint": {
        "two_events": {
            "url": "https://hooks.quillmere.test/roleferry",
            "events": ["enrichment.completed", "batch.completed"],
            "description": "Our CRM",
        }
    },
    "changeWebhookEndpoint": {
        "disable": {"enabled": False},
        "other_events": {"events": ["provider.quarantined"]},
    },
    "rotateWebhookSecret": {"in_a_day": {}, "leaked": {"overlap_s": 0}},
}


def answers() -> Mapping[str, Mapping[str, object]]:
    endpoint, delivery = _endpoint(), _delivery()
    with_secret = endpoint_with_secret(endpoint, _SECRET)
    waiting = delivery_data(_waiting())
    return {
        "createWebhookEndpoint": {"registered": with_secret},
        "listWebhookEndpoints": {"one": endpoint_list([endpoint])},
        "getWebhookEndpoint": {"found": endpoint_data(endpoint)},
        "changeWebhookEndpoint": {"changed": endpoint_data(endpoint)},
        "rotateWebhookSecret": {"rotated": with_secret},
        "testWebhookEndpoint": {"begun": waiting},
        "listWebhookDeliveries": {"last_page": delivery_page(Page(items=(delivery,), next=None))},
        "replayWebhookDelivery": {"begun": waiting},
    }


def _endpoint() -> Endpoint:
    return Endpoint(
        id=ENDPOINT_ID,
        account_id=_ACCOUNT_ID,
        url="https://hooks.quillmere.test/roleferry",
        description="Our CRM",
        events=(EventType.ENRICHMENT_COMPLETED, EventType.BATCH_COMPLETED),
        created_at=_NOW,
    )


def _delivery() -> Delivery:
    return Delivery(
        id=DELIVERY_ID,
        endpoint_id=ENDPOINT_ID,
        event_id=_EVENT_ID,
        event=EventType.ENRICHMENT_COMPLETED,
        state=DeliveryState.DELIVERED,
        created_at=_NOW,
        due_at=None,
        attempts=(
            _attempt(1, timedelta(0), status=None, failure="timed_out"),
            _attempt(2, timedelta(seconds=20), status=200, failure=None),
        ),
    )


def _waiting() -> Delivery:
    return replace(
        _delivery(),
        event=EventType.ENDPOINT_TEST,
        state=DeliveryState.WAITING,
        due_at=_NOW,
        attempts=(),
    )


def _attempt(number: int, after: timedelta, *, status: int | None, failure: str | None) -> Attempt:
    took = timedelta(seconds=15) if failure else timedelta(milliseconds=84)
    return Attempt(
        number=number, sent_at=_NOW + after, duration=took, status=status, failure=failure
    )
