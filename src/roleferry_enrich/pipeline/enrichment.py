"""The main path: ask everyone who can help, merge, record, answer; go on recording what is late.

The HTTP API, the worker and the command line all come in here.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.begun import Begun, filled, needs_sample
from roleferry_enrich.pipeline.charging import Asker, Charging, NoCharging
from roleferry_enrich.pipeline.door import Closing, Door
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.pipeline.progress import Result, merged
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.resuming import resumed
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.storage.transactions import Alongside

# Of its deadline, what a request may spend waiting to be let in.
_LINE_SHARE = 0.4
_COMPLETION_TIME = timedelta(seconds=10)
# Who is turned away comes in a crowd, and is recorded when that is over.
_CROWD_S = 1.0
# What nobody waits for gives way to those who wait, for so long.
_LATER = timedelta(seconds=5)


class Records(Protocol):
    """Where enrichments are kept, each in one transaction."""

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
        """The enrichment with its contact's id, if that is known in time.

        Reports are of who was asked and has answered; who was not is in the enrichment alone.
        Never raises for the database's sake: an answer that cannot be stored is still an answer.
        """

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
        """The same where nobody waits for an answer; `event` is told to who subscribed to it.

        Raises ServiceUnavailable.
        """


class Onlooker(Protocol):
    """Told of each enrichment that was answered."""

    def answered(self, enrichment: Enrichment) -> None: ...

    def recalled(self, enrichment: Enrichment) -> None:
        """It was given once more, as it was given before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enricher:
    """Answers requests. One per process."""

    gateway: Screening
    recall: Recall
    records: Records
    background: Background
    onlooker: Onlooker
    sample: Callable[[Request], Result]
    now: Callable[[], datetime]
    charging: Charging = field(default_factory=NoCharging)
    door: Door = field(default_factory=Door)
    closing: Closing = field(default_factory=Closing)

    async def enrich(
        self,
        request: Request,
        account_id: UUID,
        came_at: float | None = None,
        alongside: Alongside[Enrichment] | None = None,
        *,
        key_id: str | None = None,
    ) -> Enrichment:
        """What is known by the request's deadline, recorded. Provider trouble never raises.

        RequestRefused is raised before anybody is paid, where the account cannot pay.

        The deadline counts from `came_at` (loop time), by default from now. A caller that goes
        away stops waiting, not the work: its calls are paid for. `alongside` is called where the
        answer is recorded as it is given.
        """
        recalled = self.recall.get(account_id, request)
        if recalled is not None:
            self.onlooker.recalled(recalled)
            return recalled
        since = asyncio.get_running_loop().time() if came_at is None else came_at
        asker = Asker(account_id=account_id, charge_id=uuid4(), key_id=key_id)
        work = self._enrich(request, asker, since, alongside)
        return await asyncio.shield(self.background.start(work))

    async def complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        """Ask those again who answered "later", and record the fuller result under the same id.

        Raises ServiceUnavailable where it cannot be recorded.
        """
        return await asyncio.shield(self.background.start(self._complete(earlier, observed)))

    async def work_off(
        self,
        request: Request,
        account_id: UUID,
        enrichment_id: UUID,
        alongside: Alongside[Enrichment] | None = None,
        *,
        charge_id: UUID | None = None,
        key_id: str | None = None,
    ) -> Enrichment:
        """The answer where nobody waits: with what is late too, after those who do wait.

        Cancelled, it asks nobody anything more; what is paid for is recorded. `charge_id` is that
        of an earlier try, which is charged once with this one. Raises ServiceUnavailable where the
        answer cannot be recorded, InsufficientCredits before anybody is paid.
        """
        recalled = self.recall.get(account_id, request)
        if recalled is not None:
            self.onlooker.recalled(recalled)
            return recalled
        asker = Asker(account_id=account_id, charge_id=charge_id or enrichment_id, key_id=key_id)
        charge = await self.charging.open(request, asker)
        begun = Begun(enrichment_id, account_id, request, self.now(), charge)
        deadline = asyncio.get_running_loop().time() + request.options.deadline.total_seconds()
        fanout = FanOut(self.gateway, request, begun.terms(deadline, Priority.BATCH))
        try:
            await fanout.run_until(deadline)
            await fanout.run_late()
        except asyncio.CancelledError:
            # Nobody was answered, so that nobody need hear of more.
            self.background.start(self._finish(begun, fanout, tell=False))
            raise
        if charge.refusal is not None:
            raise charge.refusal
        enrichment = await self._store(begun, fanout, alongside=alongside)
        self.recall.keep(enrichment, fanout.asked, fanout.accepted)
        self.onlooker.answered(enrichment)
        return enrichment

    async def _enrich(
        self,
        request: Request,
        asker: Asker,
        since: float,
        alongside: Alongside[Enrichment] | None,
    ) -> Enrichment:
        charge = await self.charging.open(request, asker)
        ids = asker.charge_id, asker.account_id
        begun = Begun(*ids, request, self.now(), charge, alongside=alongside)
        deadline = request.options.deadline
        answer_by = since + deadline.total_seconds()
        left = timedelta(seconds=answer_by - asyncio.get_running_loop().time())
        if await self.door.enter(deadline, left - deadline * (1 - _LINE_SHARE)):
            # In a crowd we hear of a request long after it came: at the latest with the first.
            crowd_at = max(self.door.crowd_at, since - deadline.total_seconds() * _LINE_SHARE)
            answer_by = min(answer_by, crowd_at + deadline.total_seconds())
            try:
                enrichment = await self._asked(begun, answer_by)
            finally:
                self.door.leave()
        else:
            enrichment = self._turned_away(begun)
        self.onlooker.answered(enrichment)
        return self._with_sample(enrichment) if needs_sample(enrichment) else enrichment

    async def _asked(self, begun: Begun, answer_by: float) -> Enrichment:
        loop, request = asyncio.get_running_loop(), begun.request
        closing = self.closing.kept_back(request.options.deadline, self.door.inside)
        deadline = answer_by - closing.total_seconds()
        fanout = FanOut(self.gateway, request, begun.terms(deadline))
        await fanout.run_until(deadline)
        if begun.charge.refusal is not None:
            raise begun.charge.refusal
        merged_from = loop.time()
        known = self._known(begun, fanout)
        self.closing.merged_in(loop.time() - merged_from)
        within = timedelta(seconds=max(0.0, answer_by - loop.time()))
        bill = begun.charge.bill(known, is_final=fanout.is_finished)
        enrichment = await self.records.record(
            known,
            tuple(fanout.reports),
            fanout.everything,
            within=within,
            bill=bill,
            alongside=None if needs_sample(known) else begun.alongside,
        )
        if not fanout.is_finished:
            self.background.start(self._finish(begun, fanout))
        self.recall.keep(enrichment, fanout.asked, fanout.accepted)
        return enrichment

    def _turned_away(self, begun: Begun) -> Enrichment:
        """Nobody was asked; each provider says so. Recorded when there is time."""
        fanout = FanOut(self.gateway, begun.request, begun.terms(deadline=0.0))
        outcomes = tuple(report.summary() for report in fanout.turned_away())
        known = begun.enrichment(Result(), outcomes, self.now())
        self.background.start(self._keep(known, begun.charge.bill(known, is_final=True)))
        return known

    async def _keep(self, known: Enrichment, bill: Bill) -> None:
        await asyncio.sleep(_CROWD_S)
        await self.door.calm(_LATER)
        # The records have complained; nobody waits for this.
        with contextlib.suppress(ServiceUnavailable):
            event = EventType.ENRICHMENT_ANSWERED
            await self.records.store(known, (), Observations(), event=event, bill=bill)

    async def _complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        request = earlier.request
        deadline = asyncio.get_running_loop().time() + _COMPLETION_TIME.total_seconds()
        asker = Asker(account_id=earlier.account_id, charge_id=earlier.id)
        charge = await self.charging.reopen(asker)
        begun = Begun(earlier.id, earlier.account_id, request, earlier.started_at, charge, earlier)
        fanout = FanOut(self.gateway, request, begun.terms(deadline), resumed(earlier, observed))
        await fanout.run_until(deadline)
        enrichment = await self._store(begun, fanout, tell=True)
        if not fanout.is_finished:
            self.background.start(self._finish(begun, fanout))
        return enrichment

    async def _finish(self, begun: Begun, fanout: FanOut, *, tell: bool = True) -> None:
        await fanout.run_late()
        await asyncio.sleep(_CROWD_S)
        await self.door.calm(_LATER)
        # The records have complained; nobody waits for this.
        with contextlib.suppress(ServiceUnavailable):
            await self._store(begun, fanout, tell=tell)

    async def _store(
        self,
        begun: Begun,
        fanout: FanOut,
        *,
        tell: bool = False,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        """The enrichment as known now, stored under its id; it replaces what is there.

        Where nothing more is to come, whoever subscribed is told, if wanted.
        """
        known = self._known(begun, fanout)
        is_complete = tell and fanout.is_finished and not known.is_owed
        event = EventType.ENRICHMENT_COMPLETED if is_complete else None
        bill = begun.charge.bill(known, is_final=fanout.is_finished)
        reports = tuple(fanout.reports)
        return await self.records.store(
            known, reports, fanout.everything, event=event, bill=bill, alongside=alongside
        )

    def _known(self, begun: Begun, fanout: FanOut) -> Enrichment:
        now = self.now()
        result = merged(begun.request, fanout.cleared(), today=now.date())
        outcomes = tuple(report.summary() for report in fanout.all_reports())
        return fanout.settled(begun.enrichment(result, outcomes, now))

    def _with_sample(self, enrichment: Enrichment) -> Enrichment:
        """Only the answer: invented data is never stored, lest anything take it for real."""
        return filled(enrichment, self.sample(enrichment.request), sample=True)
