"""Batch jobs as an API serves them: kept in PostgreSQL, workers woken when there is something."""

import asyncio
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.batches.queue import Queue
from roleferry_enrich.domain.batches import Job, NewJob
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.storage.jobs import JobRepository


class Callbacks(Protocol):
    """`webhooks.outgoing.callbacks.Callbacks`."""

    async def require(self, url: str) -> None: ...
    async def of(self, account_id: UUID) -> Callback: ...


class JobDesk(JobRepository):
    """`api.services.Jobs`, in this process."""

    def __init__(self, engine: AsyncEngine, queue: Queue, callbacks: Callbacks) -> None:
        super().__init__(engine)
        self._queue = queue
        self._callbacks = callbacks
        self._waking: asyncio.Task[bool] | None = None

    async def create(self, account_id: UUID, new: NewJob) -> tuple[Job, bool]:
        if new.callback_url is not None:
            await self._callbacks.require(new.callback_url)
            # So that there is something to write its message to when the job ends.
            await self._callbacks.of(account_id)
        job, is_new = await super().create(account_id, new)
        self._wake()
        return job, is_new

    async def callback(self, account_id: UUID) -> Callback:
        """What callbacks to this account's URLs are signed with."""
        return await self._callbacks.of(account_id)

    async def retry(self, account_id: UUID, job_id: UUID) -> Job | None:
        job = await super().retry(account_id, job_id)
        self._wake()
        return job

    def _wake(self) -> None:
        """Behind the answer: a Redis that is away delays nobody, and workers look by themselves."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._queue.wake())
