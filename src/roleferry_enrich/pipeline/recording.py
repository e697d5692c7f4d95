"""Stores enrichments without letting the database decide when the caller is answered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.transactions import Alongside

# Recording takes a few milliseconds; beyond this it goes on behind the answer.
_PATIENCE = timedelta(milliseconds=100)
_KEPT_PATIENCE = timedelta(seconds=5)
# Half of the pool: a burst of recordings leaves connections to who has not been answered yet, and
# waits here, where nothing times out.
_AT_ONCE = 5


class Repository(Protocol):
    async def record(
        self,
        enrichment: Enrichment,
        reports: Sequence[Report],
        *,
        observations: Observations,
        event: EventType | None = None,
        bill: Bill | None = None,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment: ...


class Complaints(Protocol):
    def record_failed(self, enrichment: Enrichment, reason: str) -> None: ...


class PatientRecords:
    """A repository whose slowness or absence costs an answer a moment, never a failure."""

    def __init__(
        self, repository: Repository, background: Background, complaints: Complaints
    ) -> None:
        self._repository = repository
        self._background = background
        self._complaints = complaints
        self._line = asyncio.Semaphore(_AT_ONCE)
        self._under_way: dict[UUID, asyncio.Task[Enrichment]] = {}

    async def record(
        self,
        enrichment: Enrichment,
        reports: tuple[Report, ...],
        observations: Observations,
        *,
        within: timedelta,
        bill: Bill | None = None,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        """The enrichment with its subjects' ids if it was stored in time, else as it is.

        Who has it kept alongside what is stored waits longer: the answer is to be the same.
        """
        event = EventType.ENRICHMENT_ANSWERED
        work = self._start(enrichment, reports, observations, event, bill, alongside)
        patience = (_KEPT_PATIENCE if alongside else min(_PATIENCE, within)).total_seconds()
        done, _ = await asyncio.wait({work}, timeout=patience)
        return enrichment if not done or work.exception() else work.result()

    async def store(
        self,
        enrichment: Enrichment,
        reports: tuple[Report, ...],
        observations: Observations,
        *,
        event: EventType | None = None,
        bill: Bill | None = None,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        """Likewise, however long it takes. Raises ServiceUnavailable."""
        work = self._start(enrichment, reports, observations, event, bill, alongside)
        return await asyncio.shield(work)

    def _start(
        self,
        enrichment: Enrichment,
        reports: tuple[Report, ...],
        observations: Observations,
        event: EventType | None,
        bill: Bill | None,
        alongside: Alongside[Enrichment] | None = None,
    ) -> asyncio.Task[Enrichment]:
        earlier = self._under_way.get(enrichment.id)
        recording = partial(
            self._repository.record,
            enrichment,
            reports,
            observations=observations,
            event=event,
            bill=bill,
            alongside=alongside,
        )
        work = self._background.start(self._record(earlier, recording))
        self._under_way[enrichment.id] = work
        work.add_done_callback(lambda done: self._ended(enrichment, done))
        return work

    async def _record(
        self,
        earlier: asyncio.Task[Enrichment] | None,
        recording: Callable[[], Awaitable[Enrichment]],
    ) -> Enrichment:
        # A slow earlier version would otherwise replace the fuller one that overtook it.
        if earlier is not None:
            await asyncio.wait({earlier})
        try:
            async with self._line:
                return await recording()
        except SQLAlchemyError as error:
            # What PostgreSQL refuses of a provider's words must not cost the caller the answer.
            raise ServiceUnavailable(f"not stored: {type(error).__name__}") from error

    def _ended(self, enrichment: Enrichment, work: asyncio.Task[Enrichment]) -> None:
        if self._under_way.get(enrichment.id) is work:
            del self._under_way[enrichment.id]
        error = None if work.cancelled() else work.exception()
        if error is not None:
            reason = error.detail if isinstance(error, ServiceUnavailable) else type(error).__name__
            self._complaints.record_failed(enrichment, reason)
