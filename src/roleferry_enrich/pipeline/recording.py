"""Stores enrichments without letting the database decide when the caller is answered."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline.background import Background

# Recording takes a few milliseconds; beyond this it goes on behind the answer.
_PATIENCE_S = 0.1


class Repository(Protocol):
    async def record(
        self, enrichment: Enrichment, reports: Sequence[Report], *, observations: Observations
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

    async def record(
        self, enrichment: Enrichment, reports: tuple[Report, ...], observations: Observations
    ) -> Enrichment:
        work = self._background.start(self._record(enrichment, reports, observations))
        done, _ = await asyncio.wait({work}, timeout=_PATIENCE_S)
        return work.result() if done else enrichment

    async def _record(
        self, enrichment: Enrichment, reports: tuple[Report, ...], observations: Observations
    ) -> Enrichment:
        try:
            return await self._repository.record(enrichment, reports, observations=observations)
        except ServiceUnavailable as error:
            self._complaints.record_failed(enrichment, error.detail)
            return enrichment
