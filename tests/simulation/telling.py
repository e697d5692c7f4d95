"""What a simulated process reports and records, written into the run's trace."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation.farm import ATTEMPT, PROCESS
from tests.simulation.referee import Referee

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord
from roleferry_enrich.errors import ServiceUnavailable


class Telling:
    """Stands where metrics, traces and alerts stand."""

    def __init__(self, referee: Referee) -> None:
        self._referee = referee

    @contextmanager
    def calling(self, provider: str, capability: str, attempt: int) -> Iterator["Telling"]:
        token = ATTEMPT.set(attempt)
        try:
            yield self
        finally:
            ATTEMPT.reset(token)

    def ended(self, record: CallRecord) -> None:
        self._note("ended", record.provider, record.outcome.value, record.cost, record.attempt)

    def cache_looked(self, provider: str, level: CacheLevel | None) -> None:
        self._note("looked", provider, level and level.value)

    def answered(self, enrichment: Enrichment) -> None:
        self._note("answered", enrichment.status.value)

    def recalled(self, enrichment: Enrichment) -> None: ...

    def record_failed(self, enrichment: Enrichment, reason: str) -> None:
        self._note("unrecorded", reason)

    def __getattr__(self, name: str) -> Callable[..., None]:
        """The others have nothing in them but words and counts."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *told: self._note(name, *told)

    def _note(self, *event: object) -> None:
        self._referee.note(PROCESS.get(), *event)


class Records:
    """Enrichments in memory; slow, hanging or refusing where the scenario wants it."""

    def __init__(self, random: Random, *, slow: bool, alive: Callable[[], Awaitable[None]]) -> None:
        self._random = random
        self._slow = slow
        self._alive = alive

    async def record(
        self,
        enrichment: Enrichment,
        reports: Any,
        *,
        observations: Observations,
        event: Any,
        bill: Any,
        alongside: Any = None,
    ) -> Enrichment:
        await asyncio.sleep(self._random.uniform(0.001, 0.004))
        if self._slow and self._random.random() < 0.3:
            await asyncio.sleep(self._random.choice((0.2, 1.0, 5.0)))
            if self._random.random() < 0.3:
                raise ServiceUnavailable("the simulated database is away")
        await self._alive()
        return replace(enrichment, person_id=enrichment.id)
