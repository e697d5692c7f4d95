"""URLs that are given with batch jobs: checked like endpoints, signed with one secret an account.

A URL may be another for each job, as automation services make them, so that no endpoint of its
own is kept for each.
"""

import asyncio
from uuid import UUID, uuid4

from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.storage.callbacks import CallbackRepository
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.signing import Vault, mint, shown

# Of those who send jobs at once: each may wait for a resolver that hangs, in a thread.
_AT_ONCE = 8


class Callbacks:
    def __init__(
        self, repository: CallbackRepository, destinations: Destinations, vault: Vault
    ) -> None:
        self._repository = repository
        self._destinations = destinations
        self._vault = vault
        self._line = asyncio.Semaphore(_AT_ONCE)

    async def require(self, url: str) -> None:
        """Raises InvalidQuery for a URL that may not be called."""
        async with self._line:
            await self._destinations.require(url, field="callback_url")

    async def of(self, account_id: UUID) -> Callback:
        """What an account's callbacks are signed with, made when first asked for."""
        found = await self._repository.get(account_id)
        if found is None:
            endpoint_id = uuid4()
            sealed = self._vault.seal(account_id, endpoint_id, mint())
            found = await self._repository.add(account_id, endpoint_id, sealed)
        endpoint_id, sealed = found
        secret = self._vault.open(account_id, endpoint_id, sealed)
        if secret is None:  # sealed with another key: nothing could be signed with it
            secret = mint()
            renewed = self._vault.seal(account_id, endpoint_id, secret)
            await self._repository.replace(account_id, sealed, renewed)
        return Callback(endpoint_id=endpoint_id, secret=shown(secret))
