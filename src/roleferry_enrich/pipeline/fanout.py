"""Asks all who can help at once, and again whoever an answer has made able to.

Latency is that of the longest chain of needed keys, not of the slowest provider per wave.
"""

import asyncio
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations, PersonObservation, Provenance
from roleferry_enrich.domain.outcomes import (
    Absent,
    Found,
    OptedOut,
    OutcomeKind,
    Report,
    Skipped,
    Troubled,
    Waiting,
)
from roleferry_enrich.domain.queries import Ask, CompanyQuery
from roleferry_enrich.errors import DeadlineTooNear, Overloaded
from roleferry_enrich.gateway.errand import Renewal, Terms
from roleferry_enrich.pipeline.identity import accept, without_person
from roleferry_enrich.pipeline.patience import Patience
from roleferry_enrich.pipeline.planning import next_asks, unasked
from roleferry_enrich.pipeline.progress import Progress, progress
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.pipeline.situations import first_situation
from roleferry_enrich.pipeline.waterfall import is_waterfall

_STILL_OWED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where an earlier fan-out stopped."""

    known: Observations
    owed: Mapping[tuple[str, str], str | None]
    """The provider and capability of each ask still owed an answer; what it has begun, if so."""
    opted_out: bool = False


class FanOut:
    """One request's asks: under way, answered, and what they brought together."""

    def __init__(
        self,
        gateway: Screening,
        request: Request,
        terms: Terms,
        resumed: "Resumed | None" = None,
    ) -> None:
        self._screen = gateway.of(terms.payer.account_id, request)
        self._terms = terms
        self._tasks: dict[asyncio.Task[Report], Ask] = {}
        self._situation = first_situation(gateway.channels, request)
        self._in_vain: Situation | None = None
        """The last in which there was nobody to ask."""
        self._patience = Patience[asyncio.Task[Report]](request.options.deadline)
        self._started = asyncio.get_running_loop().time()
        self.reports: list[Report] = []
        """What came."""
        self.everything = Observations()
        """Also what spoke of somebody else; recorded, never served."""
        self.accepted = Observations()
        self._aside: tuple[PersonObservation, ...] = ()
        """People who were not who is asked for, by what was known when they came."""
        self._strangers: dict[Provenance, Report] = {}
        """The reports of answers set aside as a whole, by where their people come from."""
        if resumed is not None:
            self._resume(resumed)

    @property
    def is_finished(self) -> bool:
        return not self._tasks and not self._terms.renewals

    @property
    def asked(self) -> tuple[Ask, ...]:
        return self._situation.asked

    async def run_until(self, deadline: float) -> None:
        """Ask until nothing more can be asked or the deadline (loop time) has come."""
        self._start()
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            turn = self._patience.seconds_left(self._tasks)
            done, _ = await asyncio.wait(
                self._tasks,
                timeout=left if turn is None else min(left, turn),
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._take_all(done)
            self._start()

    async def run_late(self) -> None:
        """Take what is still under way after the deadline; nothing new is started."""
        while self._tasks:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            self._take_all(done)
        while self._terms.renewals:
            renewal = self._terms.renewals.pop()
            await asyncio.wait({renewal.report})
            self._renew(renewal)

    def cleared(self) -> Observations:
        """What was accepted; the last to speak may have shown whom the first spoke of."""
        self.everything = self._screen.cleared(self.everything)
        self.accepted = self._screen.cleared(self.accepted)
        return self.accepted

    def settled(self, enrichment: Enrichment) -> Enrichment:
        """As it may be told and kept; so is `everything` from here on."""
        settled = self._screen.settled(enrichment)
        self.cleared()
        return settled

    def all_reports(self) -> tuple[Report, ...]:
        """Every provider's outcome: what came, what is under way, what was never asked and why."""
        return (*self.reports, *self._unfinished(), *self._never_asked())

    def turned_away(self) -> tuple[Report, ...]:
        """Every provider's outcome where the process is too busy to ask any."""
        too_late, too_busy = Skipped(DeadlineTooNear.reason), Skipped(Overloaded.reason)
        return tuple(
            replace(report, outcome=too_busy) if report.outcome == too_late else report
            for report in self._never_asked()
        )

    def _start(self) -> None:
        situation = self._now()
        if situation == self._in_vain:
            return
        asks = next_asks(situation)
        if not asks:
            self._in_vain = situation
        for ask in asks:
            task = asyncio.create_task(self._screen.ask(ask, self._terms))
            self._tasks[task] = ask
            if is_waterfall(situation.request):
                self._patience.begun(task)
        self._situation = replace(situation, asked=situation.asked + asks)

    def _now(self) -> Situation:
        """The situation with what has changed since the last look."""
        request = self._situation.request
        so_far = progress(request, self.accepted) if is_waterfall(request) else Progress()
        return replace(
            self._situation,
            awaited=tuple(a for t, a in self._tasks.items() if self._patience.waits_for(t)),
            filled=so_far.filled,
            unsure=so_far.unsure,
            money_left=self._money_left(),
        )

    def _money_left(self) -> MicroUsd | None:
        return self._terms.purse.left

    def _take_all(self, done: AbstractSet[asyncio.Task[Report]]) -> None:
        """In the order they were asked: the set's own order changes from run to run."""
        for task in [task for task in self._tasks if task in done]:
            self._take(task)

    def _take(self, task: asyncio.Task[Report]) -> None:
        ask = self._tasks.pop(task)
        report = task.result()
        match report.outcome:
            case Found(observations=observed):
                report = self._accept(report, ask, observed)
            case OptedOut() if not isinstance(ask.query, CompanyQuery):
                self._forget_person()
            case Absent():
                self._came_to_nothing(ask, report)
        self.reports.append(report)

    def _renew(self, renewal: Renewal) -> None:
        """Put a newer answer in the place of the one that was served, if one has come."""
        served = next(
            (n for n, old in enumerate(self.reports) if old.conversation == renewal.served), None
        )
        if served is None or renewal.report.exception() is not None:
            return
        old, new = self.reports[served], renewal.report.result()
        if isinstance(new.outcome, Found | Absent | OptedOut):
            del self.reports[served]
            self.everything = self.everything.without(renewal.served)
            self.accepted = self.accepted.without(renewal.served)
            self._aside = Observations(people=self._aside).without(renewal.served).people
            self._tasks[renewal.report] = renewal.ask
            self._take(renewal.report)
        else:
            self.reports[served] = replace(old, calls=old.calls + new.calls)

    def _accept(self, report: Report, ask: Ask, observed: Observations) -> Report:
        learned = self._learn(observed)
        if learned == Observations() and not self._situation.opted_out:
            self._came_to_nothing(ask, report)
            about_another = Troubled(OutcomeKind.NOT_FOUND, "answered with another subject")
            self._strangers |= dict.fromkeys((p.provenance for p in observed.people), report)
            return replace(report, outcome=about_another)
        return report

    def _resume(self, resumed: "Resumed") -> None:
        self._learn(self._screen.cleared(resumed.known))
        if resumed.opted_out:
            self._forget_person()
        offers = tuple(
            offer
            for offer in self._situation.offers
            if (offer.provider, offer.capability) in resumed.owed
        )
        begun = {who: work for who, work in resumed.owed.items() if work is not None}
        self._situation = replace(self._situation, offers=offers, begun=begun, absent=())

    def _learn(self, observed: Observations) -> Observations:
        """Keep what speaks of the subject, with the keys it brings; what was kept."""
        if self._situation.opted_out:
            observed = without_person(observed, self._situation.keys)
        self.everything += observed
        accepted = accept(observed, self._situation.keys, self._situation.request.goal)
        self.accepted += accepted.observations
        kept = set(map(id, accepted.observations.people))
        self._aside += tuple(person for person in observed.people if id(person) not in kept)
        if accepted.keys != self._situation.keys:
            self._situation = replace(self._situation, keys=accepted.keys)
            self._reconsider()
        return accepted.observations

    def _reconsider(self) -> None:
        """Look again at those set aside with what is known now, so that no order decides.

        A team page may come before anybody has said whose the mailbox is.
        """
        aside = Observations(people=self._aside)
        accepted = accept(aside, self._situation.keys, self._situation.request.goal)
        meant = accepted.observations.people
        if not meant:
            return
        self.accepted += accepted.observations
        self._aside = tuple(person for person in self._aside if person not in meant)
        back = [self._strangers.get(person.provenance) for person in meant]
        useful = {report.conversation: report for report in back if report is not None}
        self.reports = [useful.get(report.conversation, report) for report in self.reports]
        if accepted.keys != self._situation.keys:
            self._situation = replace(self._situation, keys=accepted.keys)
            self._reconsider()

    def _forget_person(self) -> None:
        """Whoever opted out with one provider is not served from another's data either."""
        keys = self._situation.request.keys
        self._situation = replace(self._situation, opted_out=True, keys=keys)
        self._aside = ()
        self.everything = without_person(self.everything, keys)
        self.accepted = without_person(self.accepted, keys)

    def _came_to_nothing(self, ask: Ask, report: Report) -> None:
        """So that another key is worth a second try; but nothing is paid for twice."""
        if report.cost:
            return
        missed = (*self._situation.came_to_nothing, ask)
        self._situation = replace(self._situation, came_to_nothing=missed)

    def _unfinished(self) -> Iterator[Report]:
        waited = timedelta(seconds=asyncio.get_running_loop().time() - self._started)
        for ask in self._tasks.values():
            outcome = _no_answer(ask)
            yield _report(ask.provider, ask.capability, outcome, waited)

    def _never_asked(self) -> Iterator[Report]:
        for offer, reason in unasked(self._now()):
            yield _report(offer.provider, offer.capability, Skipped(reason))


def _no_answer(ask: Ask) -> Troubled | Waiting:
    """By the deadline; what was begun for an earlier ask is still owed."""
    if ask.reference is not None:
        return Waiting(_STILL_OWED, ask.reference)
    return Troubled(OutcomeKind.TIMED_OUT, "no answer by the deadline")


def _report(
    provider: str,
    capability: str,
    outcome: Skipped | Troubled | Waiting,
    latency: timedelta = timedelta(0),
) -> Report:
    return Report(
        conversation=uuid4(),
        provider=provider,
        capability=capability,
        outcome=outcome,
        latency=latency,
    )
