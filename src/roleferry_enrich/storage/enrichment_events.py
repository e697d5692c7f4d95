"""Tells endpoints of enrichments, at no cost to answers that nobody wants to be told of."""

import time
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import any_, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.outgoing_tables import webhook_endpoints

_READ_AGAIN_S = 5.0
_MOST_KNOWN = 10_000


class EnrichmentAnnouncer:
    """Knows, as of a few seconds ago, whether an account wants to be told of every answer.

    Asking anew for each would cost every answer a round trip that hardly any needs. An account is
    asked for by itself: the transaction of an answer sees no other's endpoints.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wanting: dict[UUID, tuple[bool, float]] = {}

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
        known, now = self._wanting.get(account_id), self._clock()
        if known is not None:
            is_wanted, read_at = known
            if now - read_at < _READ_AGAIN_S:
                return is_wanted
            # One of a burst of answers asks again; the others take what was known.
            self._wanting[account_id] = is_wanted, now
        is_wanted = await _wants(connection, account_id)
        if len(self._wanting) >= _MOST_KNOWN:
            self._wanting.clear()
        self._wanting[account_id] = is_wanted, now
        return is_wanted


async def _wants(connection: AsyncConnection, account_id: UUID) -> bool:
    table = webhook_endpoints.c
    wanted = literal(EventType.ENRICHMENT_ANSWERED.value) == any_(table.events)
    mine = (table.account_id == account_id) & table.disabled_at.is_(None)
    return bool(await connection.scalar(select(exists().where(mine, wanted))))


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
