"""What the routes of suppressions need done for them."""

from typing import Protocol
from uuid import UUID

from roleferry_enrich.privacy.somebody import Somebody
from roleferry_enrich.storage.suppressions import Entry
from roleferry_enrich.storage.transactions import Alongside


class SuppressionDesk(Protocol):
    """`account_id` None: for every account. Each raises ServiceUnavailable."""

    async def suppress(
        self,
        account_id: UUID | None,
        somebody: Somebody,
        *,
        reason: str,
        source: str,
        alongside: Alongside[Entry] | None = None,
    ) -> Entry:
        """In force when it returns. Raises InvalidQuery for what nobody is recognised by."""
        ...

    async def listed(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        """Newest first, and where the next page begins. Raises InvalidQuery for a cursor."""
        ...

    async def release(
        self, account_id: UUID | None, entry_id: UUID, alongside: Alongside[None] | None = None
    ) -> bool:
        """Whether there was such an entry that held."""
        ...
