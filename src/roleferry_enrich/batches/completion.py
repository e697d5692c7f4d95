"""Completes enrichments whose providers said "later", once it is later."""

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.completions import Due

_AT_ONCE = 10
_log = structlog.get_logger("roleferry_enrich")


class Enricher(Protocol):
    async def complete(self, earlier: Enrichment, observed: Observations) -> Enrichment: ...


class Enrichments(Protocol):
    async def get(self, account_id: UUID, enrichment_id: UUID) -> Enrichment | None: ...
    async def observations(self, account_id: UUID, enrichment_id: UUID) -> Observations: ...


class Completions(Protocol):
    async def claim(self, limit: int) -> Sequence[Due]: ...
    async def settle(self, enrichment: Enrichment) -> None: ...


class Completion:
    def __init__(
        self, enricher: Enricher, enrichments: Enrichments, completions: Completions
    ) -> None:
        self._enricher = enricher
        self._enrichments = enrichments
        self._completions = completions

    async def complete_due(self) -> int:
        """Complete what is due now; how many enrichments that were."""
        count = 0
        while due := await self._completions.claim(_AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for one in due:
                    group.create_task(self._complete(one))
            count += len(due)
        return count

    async def _complete(self, due: Due) -> None:
        """One trouble is not the others': its lease ends, and it is due again."""
        try:
            with acting_for(due.account_id):
                await self._ask_again(due)
        except ServiceUnavailable as error:
            _log.warning(
                "completion.put_off", enrichment_id=str(due.enrichment_id), reason=error.detail
            )

    async def _ask_again(self, due: Due) -> None:
        earlier = await self._enrichments.get(due.account_id, due.enrichment_id)
        if earlier is None:
            return
        observed = await self._enrichments.observations(due.account_id, due.enrichment_id)
        await self._completions.settle(await self._enricher.complete(earlier, observed))
