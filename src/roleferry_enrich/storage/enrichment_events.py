"""Tells endpoints of enrichments, at no cost to answers that nobody wants to be told of."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.outgoing_tables import webhook_endpoints

_READ_AGAIN_S = 5.0


class EnrichmentAnnouncer:
    """Knows, as of a few seconds ago, which accounts want to be told of every answer.

    Asking anew for each would cost every answer a round trip that hardly any needs.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wanting: frozenset[UUID] = frozenset()
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def announce(
        self, connection: AsyncConnection, kind: EventType, enrichment: Enrichment
    ) -> None:
        """In the transaction that records it."""
        if kind is EventType.ENRICHMENT_ANSWERED and not await self._is_wanted(
            connection, enrichment.account_id
        ):
            return
        await announce(connection, enrichment.account_id, of_enrichment(kind, enrichment))

    async def _is_wanted(self, connection: AsyncConnection, account_id: UUID) -> bool:
        if self._is_old():
            async with self._reading:
                if self._is_old():
                    self._wanting = await _wanting(connection)
                    self._read_at = self._clock()
        return account_id in self._wanting

    def _is_old(self) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= _READ_AGAIN_S


async def _wanting(connection: AsyncConnection) -> frozenset[UUID]:
    table = webhook_endpoints.c
    wanted = literal(EventType.ENRICHMENT_ANSWERED.value) == any_(table.events)
    statement = select(table.account_id).where(wanted, table.disabled_at.is_(None)).distinct()
    return frozenset((await connection.execute(statement)).scalars())


def of_enrichment(kind: EventType, enrichment: Enrichment) -> Event:
    """One event of each type for an enrichment."""
    person, company = enrichment.person_id, enrichment.company_id
    return Event(
        type=kind,
        key=str(enrichment.id),
        occurred_at=enrichment.answered_at,
        data={
            "enrichment_id": str(enrichment.id),
            "goal": enrichment.request.goal.value,
            "status": enrichment.status.value,
            "contact_id": str(person) if person else None,
            "company_id": str(company) if company else None,
            "executives": len(enrichment.executives),
        },
    )
