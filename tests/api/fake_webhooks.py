"""The far side of `WebhookDesk`, in memory."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from roleferry_enrich.domain.outgoing_webhooks import (
    Delivery,
    DeliveryState,
    DisabledBy,
    Endpoint,
    EndpointChange,
    EndpointWish,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import NotFound

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENDPOINT = UUID(int=70)
DELIVERY = UUID(int=71)
SECRET = "whsec_" + "A" * 43 + "="


@dataclass
class FakeWebhooks:
    owned: dict[tuple[UUID, UUID], Endpoint] = field(default_factory=dict)
    wishes: list[EndpointWish] = field(default_factory=list)
    changes: list[EndpointChange] = field(default_factory=list)
    rotations: list[tuple[str | None, timedelta]] = field(default_factory=list)
    replayed: list[UUID] = field(default_factory=list)
    tested: list[UUID] = field(default_factory=list)
    pages_asked: list[tuple[str | None, int]] = field(default_factory=list)
    failure: Exception | None = None

    async def register(
        self, account_id: UUID, wish: EndpointWish, alongside: Any = None
    ) -> tuple[Endpoint, str]:
        self.wishes.append(wish)
        if self.failure is not None:
            raise self.failure
        endpoint = Endpoint(
            id=ENDPOINT,
            account_id=account_id,
            url=wish.url,
            description=wish.description,
            events=wish.events,
            created_at=NOW,
        )
        self.owned[account_id, ENDPOINT] = endpoint
        shown = endpoint, wish.secret or SECRET
        await _write(alongside, shown)
        return shown

    async def all(self, account_id: UUID) -> list[Endpoint]:
        return [endpoint for (owner, _), endpoint in self.owned.items() if owner == account_id]

    async def get(self, account_id: UUID, endpoint_id: UUID) -> Endpoint:
        if self.failure is not None:
            raise self.failure
        if (account_id, endpoint_id) not in self.owned:
            raise NotFound("there is no such webhook endpoint")
        return self.owned[account_id, endpoint_id]

    async def change(
        self, account_id: UUID, endpoint_id: UUID, change: EndpointChange, alongside: Any = None
    ) -> Endpoint:
        endpoint = await self.get(account_id, endpoint_id)
        self.changes.append(change)
        if change.enabled is False:
            endpoint = replace(endpoint, disabled_at=NOW, disabled_by=DisabledBy.REQUEST)
        await _write(alongside, endpoint)
        return endpoint

    async def remove(self, account_id: UUID, endpoint_id: UUID, alongside: Any = None) -> None:
        await self.get(account_id, endpoint_id)
        del self.owned[account_id, endpoint_id]
        await _write(alongside, None)

    async def rotate(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        secret: str | None,
        overlap: timedelta,
        *,
        alongside: Any = None,
    ) -> tuple[Endpoint, str]:
        endpoint = await self.get(account_id, endpoint_id)
        self.rotations.append((secret, overlap))
        shown = replace(endpoint, old_secret_until=NOW + overlap), secret or SECRET
        await _write(alongside, shown)
        return shown

    async def deliveries(
        self, account_id: UUID, endpoint_id: UUID, *, after: str | None, limit: int
    ) -> Page[Delivery]:
        await self.get(account_id, endpoint_id)
        self.pages_asked.append((after, limit))
        return Page(items=(_delivery(endpoint_id),), next="cursor-2")

    async def replay(
        self, account_id: UUID, endpoint_id: UUID, delivery_id: UUID, alongside: Any = None
    ) -> Delivery:
        await self.get(account_id, endpoint_id)
        self.replayed.append(delivery_id)
        delivery = _delivery(endpoint_id)
        await _write(alongside, delivery)
        return delivery

    async def test(self, account_id: UUID, endpoint_id: UUID, alongside: Any = None) -> Delivery:
        await self.get(account_id, endpoint_id)
        self.tested.append(endpoint_id)
        delivery = _delivery(endpoint_id)
        await _write(alongside, delivery)
        return delivery


async def _write(alongside: Any, result: object) -> None:
    if alongside is not None:
        await alongside(None, result)


def _delivery(endpoint_id: UUID) -> Delivery:
    return Delivery(
        id=DELIVERY,
        endpoint_id=endpoint_id,
        event_id=UUID(int=72),
        event=EventType.ENDPOINT_TEST,
        state=DeliveryState.WAITING,
        created_at=NOW,
        due_at=NOW,
    )
