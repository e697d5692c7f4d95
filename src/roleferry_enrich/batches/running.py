"""Runs one item of a job to its end, which is written where its answer is recorded.

ask -> record, and the item's end in the same transaction
    or put off, or failed, each in a transaction of its own
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.acting import acting_for
from roleferry_enrich.batches.insisting import insisting
from roleferry_enrich.domain.batches import (
    ItemState,
    Leased,
    Settlement,
    may_wait,
    settlement_of,
)
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.errors import InsufficientCredits, ServiceUnavailable
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.storage.transactions import Alongside

# An item waits for providers' timeouts; beyond this something is broken.
_LONGEST_S = 300.0
_MOST_DELAYS = 8
_LONGEST_PAUSE_S = 60
# The books are kept again up to 2 s after the database is back. Who runs an item then is to find
# in them what was paid for it.
_BOOKS_PAUSE = timedelta(seconds=3)
_log = structlog.get_logger("roleferry_enrich")


class Ends(Protocol):
    """`storage.job_leases.LeaseRepository`; each raises ServiceUnavailable."""

    async def settle(self, item: Leased, settlement: Settlement) -> bool: ...
    async def settle_within(
        self, connection: AsyncConnection, item: Leased, settlement: Settlement
    ) -> bool: ...
    async def release(
        self, items: Collection[Leased], *, pause: timedelta = ..., delays: int = 0
    ) -> None: ...


class Enricher(Protocol):
    async def work_off(
        self,
        request: Request,
        account_id: UUID,
        enrichment_id: UUID,
        alongside: Alongside[Enrichment] | None = ...,
        *,
        charge_id: UUID | None = ...,
        key_id: str | None = ...,
    ) -> Enrichment: ...


class _End:
    """What became of an item, told where its answer is recorded: one commit for both."""

    def __init__(self, ends: Ends, item: Leased) -> None:
        self._ends = ends
        self._item = item
        self.is_ours: bool | None = None
        """Whether it was written; None where nothing was recorded, or it is to be put off."""

    async def __call__(self, connection: AsyncConnection, enrichment: Enrichment) -> None:
        if not may_wait(enrichment):
            settlement = settlement_of(enrichment, self._item)
            self.is_ours = await self._ends.settle_within(connection, self._item, settlement)


class ItemRunner:
    """One per worker process."""

    def __init__(self, ends: Ends, enricher: Enricher, metrics: WorkMetrics) -> None:
        self._ends = ends
        self._enricher = enricher
        self._metrics = metrics

    async def run(self, item: Leased) -> None:
        """One item's trouble is not the others'."""
        end = _End(self._ends, item)
        try:
            async with asyncio.timeout(_LONGEST_S):
                enrichment = await self._asked(item, end)
        except ServiceUnavailable:
            lost = Settlement(state=ItemState.FAILED, reason="not_recorded")
            await self._put_off(item, lost, at_least=_BOOKS_PAUSE)
        except InsufficientCredits as refused:
            await self._settle(item, Settlement(state=ItemState.FAILED, reason=refused.reason))
        except TimeoutError:
            await self._settle(item, Settlement(state=ItemState.FAILED, reason="took_too_long"))
        # A root: whatever an item breaks, it is told to its owner and breaks no other.
        except Exception as error:  # noqa: BLE001
            _log.error("worker.item.failed", error=type(error).__name__, job_id=str(item.job_id))
            await self._settle(item, Settlement(state=ItemState.FAILED, reason="internal_error"))
        else:
            await self._answered(item, enrichment, end)

    async def _asked(self, item: Leased, end: _End) -> Enrichment:
        request = item.request
        if item.allowance is not None:
            own = request.options.max_cost
            cap = item.allowance if own is None else min(own, item.allowance)
            request = replace(request, options=replace(request.options, max_cost=cap))
        ids = item.account_id, item.enrichment_id
        with acting_for(item.account_id):
            return await self._enricher.work_off(
                request, *ids, end, charge_id=item.charge_id, key_id=item.key_id
            )

    async def _answered(self, item: Leased, enrichment: Enrichment, end: _End) -> None:
        settlement = settlement_of(enrichment, item)
        if end.is_ours is not None:
            self._told(item, settlement, is_ours=end.is_ours)
        elif may_wait(enrichment):
            await self._put_off(item, settlement)
        else:
            await self._settle(item, settlement)

    async def _put_off(
        self, item: Leased, otherwise: Settlement, *, at_least: timedelta = timedelta(0)
    ) -> None:
        """Once more in a while; `otherwise` is its end when that was said too often."""
        if item.delays >= _MOST_DELAYS:
            await self._settle(item, otherwise)
            return
        pause = max(at_least, timedelta(seconds=min(2**item.delays, _LONGEST_PAUSE_S)))
        await insisting(lambda: self._ends.release([item], pause=pause, delays=1))

    async def _settle(self, item: Leased, settlement: Settlement) -> None:
        is_ours = await insisting(lambda: self._ends.settle(item, settlement))
        self._told(item, settlement, is_ours=is_ours)

    def _told(self, item: Leased, settlement: Settlement, *, is_ours: bool) -> None:
        if is_ours:
            self._metrics.item_ended(settlement.state)
        else:
            self._metrics.item_fenced()
            _log.warning("worker.item.refused", job_id=str(item.job_id), number=item.number)
