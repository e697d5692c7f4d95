"""The main path: ask everyone who can help, merge, record, answer; go on recording what is late.

The HTTP API, the worker and the command line all come in here.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from roleferry_enrich.domain.enrichments import Enrichment, Request, Status
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome, Report
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.pipeline.progress import Result, merged, status_of
from roleferry_enrich.pipeline.resuming import money_left, resumed, with_earlier

# Kept back from the deadline for merging and recording: at most so much, or this share of it.
_CLOSING_TIME = timedelta(milliseconds=100)
_CLOSING_SHARE = 0.1
_COMPLETION_TIME = timedelta(seconds=10)


class Records(Protocol):
    """Where enrichments are kept, each in one transaction."""

    async def record(
        self,
        enrichment: Enrichment,
        reports: tuple[Report, ...],
        observations: Observations,
        *,
        within: timedelta,
    ) -> Enrichment:
        """The enrichment with its contact's id, if that is known in time.

        Never raises for the database's sake: an answer that cannot be stored is still an answer.
        """

    async def store(
        self, enrichment: Enrichment, reports: tuple[Report, ...], observations: Observations
    ) -> Enrichment:
        """The same where nobody waits for an answer. Raises ServiceUnavailable."""


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
        """Ask those again who answered "later", and record the fuller result under the same id.

        Raises ServiceUnavailable where it cannot be recorded.
        """
        return await asyncio.shield(self.background.start(self._complete(earlier, observed)))

    async def _enrich(self, request: Request, account_id: UUID) -> Enrichment:
        loop, options = asyncio.get_running_loop(), request.options
        begun = _Begun(uuid4(), account_id, request, self.now())
        answer_by = loop.time() + options.deadline.total_seconds()
        deadline = answer_by - min(_CLOSING_TIME, options.deadline * _CLOSING_SHARE).total_seconds()
        terms = Terms(
            deadline=deadline,
            purse=Purse(options.max_cost),
            max_age=options.max_age,
            payer=Payer(account_id, begun.id),
        )
        fanout = FanOut(self.gateway, request, terms)
        await fanout.run_until(deadline)
        known = self._known(begun, fanout)
        within = timedelta(seconds=max(0.0, answer_by - loop.time()))
        enrichment = await self.records.record(
            known, fanout.all_reports(), fanout.everything, within=within
        )
        if not fanout.is_finished:
            self.background.start(self._finish(begun, fanout))
        self.onlooker.answered(enrichment)
        return self._with_sample(enrichment) if _needs_sample(enrichment) else enrichment

    async def _complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        request = earlier.request
        deadline = asyncio.get_running_loop().time() + _COMPLETION_TIME.total_seconds()
        terms = Terms(
            deadline=deadline,
            purse=Purse(money_left(earlier)),
            max_age=request.options.max_age,
            payer=Payer(earlier.account_id, earlier.id),
        )
        fanout = FanOut(self.gateway, request, terms, resumed(earlier, observed))
        await fanout.run_until(deadline)
        begun = _Begun(earlier.id, earlier.account_id, request, earlier.started_at, earlier)
        enrichment = await self._store(begun, fanout)
        if not fanout.is_finished:
            self.background.start(self._finish(begun, fanout))
        return enrichment

    async def _finish(self, begun: "_Begun", fanout: FanOut) -> None:
        await fanout.run_late()
        # The records have complained; nobody waits for this.
        with contextlib.suppress(ServiceUnavailable):
            await self._store(begun, fanout)

    async def _store(self, begun: "_Begun", fanout: FanOut) -> Enrichment:
        """The enrichment as known now, stored under its id; it replaces what is there."""
        known = self._known(begun, fanout)
        return await self.records.store(known, fanout.all_reports(), fanout.everything)

    def _known(self, begun: "_Begun", fanout: FanOut) -> Enrichment:
        now = self.now()
        result = merged(begun.request, fanout.accepted, today=now.date())
        outcomes = tuple(report.summary() for report in fanout.all_reports())
        return begun.enrichment(result, outcomes, now)

    def _with_sample(self, enrichment: Enrichment) -> Enrichment:
        """Only the answer: invented data is never stored, lest anything take it for real."""
        return _filled(enrichment, self.sample(enrichment.request), sample=True)


@dataclass(frozen=True, slots=True)
class _Begun:
    id: UUID
    account_id: UUID
    request: Request
    started_at: datetime
    earlier: Enrichment | None = None
    """The one that this completes."""

    def enrichment(
        self, result: Result, outcomes: tuple[ProviderOutcome, ...], now: datetime
    ) -> Enrichment:
        if self.earlier is not None:
            outcomes = with_earlier(self.earlier, outcomes)
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


def _needs_sample(enrichment: Enrichment) -> bool:
    """Only where the caller asked for it, and providers failed rather than found nothing."""
    if not enrichment.request.options.sample_fallback or enrichment.status is not Status.PARTIAL:
        return False
    found = enrichment.person or enrichment.company or enrichment.executives
    opted_out = any(o.outcome is OutcomeKind.OPTED_OUT for o in enrichment.outcomes)
    return not found and not opted_out


def _filled(enrichment: Enrichment, result: Result, *, sample: bool) -> Enrichment:
    return replace(
        enrichment,
        person=result.person,
        company=result.company,
        executives=result.executives,
        sample=sample,
    )
