"""What the routes of webhook endpoints need done for them.

Every method that names an endpoint raises NotFound where the account has no such one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.outgoing_webhooks import (
    Delivery,
    Endpoint,
    EndpointChange,
    EndpointWish,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.storage.transactions import Alongside


class WebhookDesk(Protocol):
    async def register(
        self,
        account_id: UUID,
        wish: EndpointWish,
        alongside: Alongside[tuple[Endpoint, str]] | None = None,
    ) -> tuple[Endpoint, str]:
        """The endpoint and its secret. Raises InvalidQuery, or Conflict for one too many."""
        ...

    async def all(self, account_id: UUID) -> Sequence[Endpoint]: ...

    async def get(self, account_id: UUID, endpoint_id: UUID) -> Endpoint: ...

    async def change(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        change: EndpointChange,
        alongside: Alongside[Endpoint] | None = None,
    ) -> Endpoint: ...

    async def remove(
        self, account_id: UUID, endpoint_id: UUID, alongside: Alongside[None] | None = None
    ) -> None: ...

    async def rotate(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        secret: str | None,
        overlap: timedelta,
        *,
        alongside: Alongside[tuple[Endpoint, str]] | None = None,
    ) -> tuple[Endpoint, str]:
        """The endpoint and its new secret. Raises InvalidQuery for a secret that is none."""
        ...

    async def deliveries(
        self, account_id: UUID, endpoint_id: UUID, *, after: str | None, limit: int
    ) -> Page[Delivery]:
        """Raises InvalidQuery for a cursor that we did not give out."""
        ...

    async def replay(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        delivery_id: UUID,
        alongside: Alongside[Delivery] | None = None,
    ) -> Delivery:
        """Raises Conflict while the endpoint is disabled."""
        ...

    async def test(
        self, account_id: UUID, endpoint_id: UUID, alongside: Alongside[Delivery] | None = None
    ) -> Delivery:
        """Raises Conflict while the endpoint is disabled."""
        ...
