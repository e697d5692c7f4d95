"""The main path: ask everyone who can help, merge, record, answer; go on recording what is late.

The HTTP API, the worker and the command line all come in here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from roleferry_enrich.domain.enrichments import Enrichment, Request, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome, Report
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.fanout import FanOut, Resumed
from roleferry_enrich.pipeline.progress import Result, merged, status_of

# Kept back from the deadline for merging and recording: at most so much, or this share of it.
_CLOSING_TIME = timedelta(milliseconds=100)
_CLOSING_SHARE = 0.1
_COMPLETION_TIME = timedelta(seconds=10)


class Records(Protocol):
    """Where enrichments are kept."""

    async def record(
        self, enrichment: Enrichment, reports: tuple[Report, ...], observations: Observations
    ) -> Enrichment:
        """Store it all in one transaction; the enrichment with its contact's id.

        Never raises for the database's sake: an answer that cannot be stored is still an answer.
        """


class Onlooker(Protocol):
    """Told of each enrichment that was answered."""

    def answered(self, enrichment: Enrichment) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Enricher:
    """Answers requests. One per process."""

    gateway: Gateway
    records: Records
    background: Background
    onlooker: Onlooker
    sample: Callable[[Request], Result]
    now: Callable[[], datetime]

    async def enrich(self, request: Request, account_id: UUID) -> Enrichment:
        """What is known by the request's deadline, recorded. Provider trouble never raises.

        A caller that goes away stops waiting, not the work: its calls are paid for.
        """
        return await asyncio.shield(self.background.start(self._enrich(request, account_id)))

    async def complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        """Ask those again who answered "later", and record the fuller result under the same id."""
        waiting = frozenset(
            (outcome.provider, outcome.capability)
            for outcome in earlier.outcomes
            if outcome.outcome is OutcomeKind.PENDING
        )
        deadline = asyncio.get_running_loop().time() + _COMPLETION_TIME.total_seconds()
        terms = Terms(
            deadline=deadline,
            purse=Purse(_left(earlier)),
            payer=Payer(earlier.account_id, earlier.id),
        )
        resumed = Resumed(known=observed, only=waiting)
        fanout = FanOut(self.gateway, earlier.request, terms, resumed)
        await fanout.run_until(deadline)
        begun = _Begun(earlier.id, earlier.account_id, earlier.request, earlier.started_at)
        kept = tuple(o for o in earlier.outcomes if o.outcome is not OutcomeKind.PENDING)
        return await self._record(begun, fanout, kept)

    async def _enrich(self, request: Request, account_id: UUID) -> Enrichment:
        loop, options = asyncio.get_running_loop(), request.options
        started_at = self.now()
        closing = min(_CLOSING_TIME, options.deadline * _CLOSING_SHARE)
        deadline = loop.time() + (options.deadline - closing).total_seconds()
        begun = _Begun(uuid4(), account_id, request, started_at)
        terms = Terms(
            deadline=deadline,
            purse=Purse(options.max_cost),
            max_age=options.max_age,
            payer=Payer(account_id, begun.id),
        )
        fanout = FanOut(self.gateway, request, terms)
        await fanout.run_until(deadline)
        enrichment = await self._record(begun, fanout)
        if not fanout.is_finished:
            self.background.start(self._finish(begun, fanout))
        self.onlooker.answered(enrichment)
        return enrichment

    async def _finish(self, begun: "_Begun", fanout: FanOut) -> None:
        await fanout.run_late()
        await self._record(begun, fanout)

    async def _record(
        self, begun: "_Begun", fanout: FanOut, earlier: tuple[ProviderOutcome, ...] = ()
    ) -> Enrichment:
        """The enrichment as known now, stored under its id; a fuller one replaces it there."""
        reports = fanout.all_reports()
        result = merged(begun.request, fanout.accepted, today=self.now().date())
        outcomes = (*earlier, *(report.summary() for report in reports))
        enrichment = begun.enrichment(result, outcomes, self.now())
        if _needs_sample(enrichment, result):
            # Invented data is never stored, so that nothing can take it for real later.
            return _filled(enrichment, self.sample(begun.request), sample=True)
        return await self.records.record(enrichment, reports, fanout.everything)


@dataclass(frozen=True, slots=True)
class _Begun:
    id: UUID
    account_id: UUID
    request: Request
    started_at: datetime

    def enrichment(
        self, result: Result, outcomes: tuple[ProviderOutcome, ...], now: datetime
    ) -> Enrichment:
        enrichment = Enrichment(
            id=self.id,
            account_id=self.account_id,
            request=self.request,
            status=status_of(result, outcomes),
            started_at=self.started_at,
            answered_at=now,
            outcomes=outcomes,
        )
        return _filled(enrichment, result, sample=False)


def _left(earlier: Enrichment) -> MicroUsd | None:
    cap = earlier.request.options.max_cost
    return None if cap is None else MicroUsd(max(0, cap - earlier.cost))


def _needs_sample(enrichment: Enrichment, result: Result) -> bool:
    """Only where the caller asked for it, and providers failed rather than found nothing."""
    failed = result.is_empty and enrichment.status is Status.PARTIAL
    return failed and enrichment.request.options.sample_fallback


def _filled(enrichment: Enrichment, result: Result, *, sample: bool) -> Enrichment:
    return replace(
        enrichment,
        person=result.person,
        company=result.company,
        executives=result.executives,
        sample=sample,
    )
