"""Batch jobs as an API serves them: kept in PostgreSQL, workers woken when there is something."""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.batches.queue import Queue
from roleferry_enrich.domain.batches import Item, ItemResult, ItemState, Job, NewJob
from roleferry_enrich.domain.credits import lowest
from roleferry_enrich.domain.enrichments import Status
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.gateway.addresses import refuse_host
from roleferry_enrich.pipeline.screening import REASON, is_refused, without_suppressed
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.storage.jobs import JobRepository
from roleferry_enrich.storage.plans import Plans


class JobDesk(JobRepository):
    """`api.services.Jobs`, in this process."""

    def __init__(
        self,
        engine: AsyncEngine,
        queue: Queue,
        held: SuppressionList,
        *,
        callbacks_inside: bool,
        plans: Plans | None = None,
    ) -> None:
        """`callbacks_inside`: callback URLs may be plain HTTP and lead into our own network.

        `plans` know the most that providers may be paid for a job of an account.
        """
        super().__init__(engine)
        self._plans = plans
        self._queue = queue
        self._held = held
        self._callbacks_inside = callbacks_inside
        self._waking: asyncio.Task[bool] | None = None

    async def create(self, account_id: UUID, new: NewJob) -> tuple[Job, bool]:
        if new.callback_url is not None:
            self._check_callback(new.callback_url)
        items = tuple(self._screened(account_id, item) for item in new.items)
        if self._plans is not None:
            cap = (await self._plans.of(account_id)).caps.job
            new = replace(new, max_cost=lowest(new.max_cost, cap))
        job, is_new = await super().create(account_id, replace(new, items=items))
        self._wake()
        return job, is_new

    async def retry(self, account_id: UUID, job_id: UUID) -> Job | None:
        job = await super().retry(account_id, job_id)
        self._wake()
        return job

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]:
        """As they may be told now. Raises InvalidQuery likewise, and ServiceUnavailable."""
        page = await super().results(account_id, job_id, after=after, limit=limit)
        return replace(page, items=tuple(map(self._as_of_now, page.items)))

    def _screened(self, account_id: UUID, item: Item) -> Item:
        """Who is suppressed is not even written down."""
        if not is_refused(self._held, account_id, item.request):
            return item
        return replace(item, request=replace(item.request, keys=Keys()), is_suppressed=True)

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

    def _check_callback(self, url: str) -> None:
        reason = _refused(url, inside=self._callbacks_inside)
        if reason is not None:
            fault = Fault("callback_url", "invalid_callback_url", reason)
            raise InvalidQuery("see `errors`", faults=(fault,))


def _refused(url: str, *, inside: bool) -> str | None:
    """Why nobody will ever be called at this URL; checked again when it is called."""
    expected = "must be an https URL of a public host, without credentials"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return expected
    schemes = {"http", "https"} if inside else {"https"}
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return expected
    if parts.scheme not in schemes or "@" in parts.netloc or not parts.hostname or port == 0:
        return expected
    if not inside and refuse_host(parts.hostname) is not None:
        return expected
    return None
