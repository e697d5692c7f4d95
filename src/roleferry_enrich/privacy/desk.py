"""Suppressions as the API and the command line serve them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.privacy.somebody import Somebody, forms_of
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.storage.suppressions import Entry
from roleferry_enrich.storage.transactions import Alongside


class _Clock(Protocol):
    def __call__(self) -> datetime: ...


class LocalSuppressionDesk:
    """`api.suppression_desk.SuppressionDesk`, in this process."""

    def __init__(self, suppressions: Suppressions, now: _Clock) -> None:
        self._suppressions = suppressions
        self._now = now

    async def suppress(
        self,
        account_id: UUID | None,
        somebody: Somebody,
        *,
        reason: str,
        source: str,
        alongside: Alongside[Entry] | None = None,
    ) -> Entry:
        addition = self._suppressions.addition(
            forms_of(somebody), account_id=account_id, reason=reason, source=source
        )
        entry = Entry(
            id=addition.entry_id,
            scope=addition.scope,
            digests=addition.digests,
            reason=addition.reason,
            source=addition.source,
            reference=None,
            added_at=self._now(),
        )

        async def write(connection: AsyncConnection, _: None) -> None:
            if alongside is not None:
                await alongside(connection, entry)

        await self._suppressions.add(addition, alongside=write)
        return entry

    async def listed(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        return await self._suppressions.page(account_id, after=after, limit=limit)

    async def release(
        self, account_id: UUID | None, entry_id: UUID, alongside: Alongside[None] | None = None
    ) -> bool:
        return await self._suppressions.release(account_id, entry_id, alongside)
