"""Batch jobs as an API serves them: kept in PostgreSQL, workers woken when there is something."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.batches.queue import Queue
from roleferry_enrich.domain.batches import Item, ItemResult, ItemState, Job, NewJob
from roleferry_enrich.domain.credits import lowest
from roleferry_enrich.domain.enrichments import Status
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.in_turns import in_turns
from roleferry_enrich.pipeline.screening import REASON, is_refused, without_suppressed
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.storage.jobs import JobRepository
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.transactions import Alongside

_SCREENED_AT_ONCE = 200


class Callbacks(Protocol):
    """`webhooks.outgoing.callbacks.Callbacks`."""

    async def require(self, url: str) -> None: ...
    async def of(self, account_id: UUID) -> Callback: ...


class JobDesk(JobRepository):
    """`api.services.Jobs`, in this process."""

    def __init__(
        self,
        engine: AsyncEngine,
        queue: Queue,
        held: SuppressionList,
        callbacks: Callbacks,
        *,
        plans: Plans | None = None,
    ) -> None:
        """`plans` know the most that providers may be paid for a job of an account."""
        super().__init__(engine)
        self._plans = plans
        self._queue = queue
        self._held = held
        self._callbacks = callbacks
        self._waking: asyncio.Task[bool] | None = None

    async def create(
        self, account_id: UUID, new: NewJob, alongside: Alongside[Job] | None = None
    ) -> Job:
        # So that there is something to write its message to when the job ends.
        await self.callback(account_id, new.callback_url)
        items = tuple([item async for item in self._screened(account_id, new.items)])
        if self._plans is not None:
            cap = (await self._plans.of(account_id)).caps.job
            new = replace(new, max_cost=lowest(new.max_cost, cap))
        job = await super().create(account_id, replace(new, items=items), alongside)
        self._wake()
        return job

    async def callback(self, account_id: UUID, url: str | None) -> Callback | None:
        """What messages to this URL are signed with. Raises InvalidQuery for one inside."""
        if url is None:
            return None
        await self._callbacks.require(url)
        return await self._callbacks.of(account_id)

    async def retry(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        job = await super().retry(account_id, job_id, alongside)
        self._wake()
        return job

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]:
        """As they may be told now. Raises InvalidQuery likewise, and ServiceUnavailable."""
        page = await super().results(account_id, job_id, after=after, limit=limit)
        return replace(page, items=tuple(map(self._as_of_now, page.items)))

    async def _screened(self, account_id: UUID, items: Iterable[Item]) -> AsyncIterator[Item]:
        """Who is suppressed is not even written down. Others are served in between."""
        async for item in in_turns(items, _SCREENED_AT_ONCE):
            if is_refused(self._held, account_id, item.request):
                nobody = replace(item.request, keys=Keys())
                yield replace(item, request=nobody, is_suppressed=True)
            else:
                yield item

    def _as_of_now(self, result: ItemResult) -> ItemResult:
        if result.enrichment is None:
            return result
        known = without_suppressed(self._held, result.enrichment)
        if known.status is not Status.SUPPRESSED:
            return replace(result, enrichment=known)
        return replace(result, enrichment=known, state=ItemState.SUPPRESSED, reason=REASON)

    def _wake(self) -> None:
        """Behind the answer: a Redis that is away delays nobody, and workers look by themselves."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._queue.wake())
