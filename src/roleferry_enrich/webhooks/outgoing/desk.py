"""What an account does with its webhook endpoints."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.outgoing_webhooks import (
    Delivery,
    Endpoint,
    EndpointChange,
    EndpointWish,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import Conflict, NotFound
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.endpoints import EndpointRepository, NewEndpoint
from roleferry_enrich.storage.transactions import Alongside
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.signing import Vault, mint, read_secret, shown

# Of those who register at once: each may wait for a resolver that hangs, in a thread.
_AT_ONCE = 8
Shown = tuple[Endpoint, str]
"""An endpoint, and its secret, which is not shown again."""


class EndpointDesk:
    """Every method raises NotFound where the account has no such endpoint."""

    def __init__(
        self,
        endpoints: EndpointRepository,
        log: DeliveryLog,
        destinations: Destinations,
        vault: Vault,
    ) -> None:
        self._endpoints = endpoints
        self._log = log
        self._destinations = destinations
        self._vault = vault
        self._line = asyncio.Semaphore(_AT_ONCE)

    async def register(
        self, account_id: UUID, wish: EndpointWish, alongside: Alongside[Shown] | None = None
    ) -> Shown:
        """The endpoint, and its secret, which is not shown again.

        Raises InvalidQuery for a URL that may not be called and a secret that is none.
        """
        secret = mint() if wish.secret is None else read_secret(wish.secret)
        async with self._line:
            await self._destinations.require(wish.url)
        endpoint_id = uuid4()
        endpoint = await self._endpoints.add(
            NewEndpoint(
                account_id=account_id,
                id=endpoint_id,
                url=wish.url,
                description=wish.description,
                events=wish.events,
                secret=self._vault.seal(account_id, endpoint_id, secret),
            ),
            _shown_with(secret, alongside),
        )
        return endpoint, shown(secret)

    async def all(self, account_id: UUID) -> Sequence[Endpoint]:
        return await self._endpoints.all(account_id)

    async def get(self, account_id: UUID, endpoint_id: UUID) -> Endpoint:
        return _known(await self._endpoints.get(account_id, endpoint_id))

    async def change(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        change: EndpointChange,
        alongside: Alongside[Endpoint] | None = None,
    ) -> Endpoint:
        return _known(await self._endpoints.change(account_id, endpoint_id, change, alongside))

    async def remove(
        self, account_id: UUID, endpoint_id: UUID, alongside: Alongside[None] | None = None
    ) -> None:
        if not await self._endpoints.remove(account_id, endpoint_id, alongside):
            raise _unknown()

    async def rotate(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        secret: str | None,
        overlap: timedelta,
        *,
        alongside: Alongside[Shown] | None = None,
    ) -> Shown:
        """The endpoint with its new secret; until the overlap ends both sign."""
        new = mint() if secret is None else read_secret(secret)
        sealed = self._vault.seal(account_id, endpoint_id, new)
        endpoint = await self._endpoints.rotate(
            account_id, endpoint_id, sealed, overlap, _shown_with(new, alongside)
        )
        return _known(endpoint), shown(new)

    async def deliveries(
        self, account_id: UUID, endpoint_id: UUID, *, after: str | None, limit: int
    ) -> Page[Delivery]:
        await self.get(account_id, endpoint_id)
        return await self._log.page(account_id, endpoint_id, after=after, limit=limit)

    async def replay(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        delivery_id: UUID,
        alongside: Alongside[Delivery] | None = None,
    ) -> Delivery:
        """Raises Conflict while the endpoint is disabled."""
        await self._require_enabled(account_id, endpoint_id)
        delivery = await self._log.replay(account_id, endpoint_id, delivery_id, alongside)
        if delivery is None:
            raise NotFound("there is no such delivery")
        return delivery

    async def test(
        self, account_id: UUID, endpoint_id: UUID, alongside: Alongside[Delivery] | None = None
    ) -> Delivery:
        """Raises Conflict while the endpoint is disabled."""
        endpoint = await self._require_enabled(account_id, endpoint_id)
        if endpoint.is_callback:
            raise Conflict("callbacks go to the URLs of jobs alone")
        delivery = await self._log.test(account_id, endpoint_id, uuid4().hex, alongside)
        if delivery is None:
            raise _unknown()
        return delivery

    async def _require_enabled(self, account_id: UUID, endpoint_id: UUID) -> Endpoint:
        endpoint = await self.get(account_id, endpoint_id)
        if endpoint.disabled_at is not None:
            raise Conflict("the webhook endpoint is disabled: enable it first")
        return endpoint


def _shown_with(secret: bytes, alongside: Alongside[Shown] | None) -> Alongside[Endpoint] | None:
    """What is to be written with the endpoint, told the secret as its owner is shown it."""
    if alongside is None:
        return None

    async def write(connection: AsyncConnection, endpoint: Endpoint) -> None:
        await alongside(connection, (endpoint, shown(secret)))

    return write


def _known(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise _unknown()
    return endpoint


def _unknown() -> NotFound:
    return NotFound("there is no such webhook endpoint")
