"""What was answered: in time, true to a reply that was given, not too old, never forgotten data."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.simulation.farm import Farm, Landed, question_of
from tests.simulation.referee import Referee

from roleferry_enrich.domain.outcomes import (
    Absent,
    CacheLevel,
    Found,
    OptedOut,
    OutcomeKind,
    Report,
    Troubled,
)
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.gateway.errand import Terms

if TYPE_CHECKING:
    from tests.simulation.fleet import Process
    from tests.simulation.run import Served

_SINGLE_CALL = frozenset({"find_person", "find_email", "verify_email"})
_FORGOTTEN_WITHIN_S = 2.0
_SLACK_S = 0.5
_LATE_S = 0.02
_LATE_RECORDS_S = 0.26
_CACHED = frozenset({CacheLevel.MEMORY, CacheLevel.REDIS})
_CAPABILITIES: Mapping[str, frozenset[str]] = {
    "person": frozenset(
        {"find_person", "find_email", "verify_email", "find_company", "find_people"}
    ),
    "executives": frozenset({"find_company", "find_people"}),
    "company": frozenset({"find_company", "find_workforce"}),
}


class Answers:
    """Hears what every ask of every process was told, when it was told."""

    def __init__(self, referee: Referee) -> None:
        self._referee = referee
        self.farm: Farm
        self._forgotten: dict[str, list[tuple[float, float]]] = {}
        """By the cache's key: before when it was got, since when nobody may be served it."""

    def forgotten(self, process: "Process", ask: Ask, before: float) -> None:
        """What was got until then is not to be served any more, by anybody."""
        since = _now() + _FORGOTTEN_WITHIN_S
        self._forgotten.setdefault(_key(process, ask), []).append((before, since))

    def reported(
        self, process: "Process", ask: Ask, terms: Terms, report: Report, began: float
    ) -> None:
        question = question_asked(process, ask)
        match report.outcome:
            case Found():
                self._check_found(ask, terms, report, question, began)
                self._check_forgotten(_key(process, ask), report, began)
            case Absent():
                self._check_absent(ask, question)
            case OptedOut():
                self._check_said(ask, question, "claimed")
                self.forgotten(process, ask, began)
            case Troubled(kind=OutcomeKind.NOT_FOUND):
                self._referee.breaks("trouble is told apart", f"{ask.provider} {question}")

    def _check_absent(self, ask: Ask, question: str) -> None:
        """Trouble is never remembered, or told, as "there is nothing"."""
        if ask.capability in _SINGLE_CALL:
            self._check_said(ask, question, "nothing")

    def _check_said(self, ask: Ask, question: str, said: str) -> None:
        calls = self._calls(ask.provider, question)
        if not any(call.said == said and call.received_at is not None for call in calls):
            self._referee.breaks("true origin", f"{ask.provider} never said {said} to {question}")

    def _check_found(
        self, ask: Ask, terms: Terms, report: Report, question: str, began: float
    ) -> None:
        for serial in _references(report):
            call = self._call(serial)
            if call is None or call.provider != ask.provider or call.said != "found":
                self._referee.breaks("true origin", f"{ask.provider}: {serial}")
                continue
            if ask.capability in _SINGLE_CALL:
                is_same = call.question == question
                self._referee.expect("true origin", is_same, f"{call.question} for {question}")
                self._check_age(call, terms, report, began)

    def _check_age(self, call: Landed, terms: Terms, report: Report, began: float) -> None:
        if self._referee.scenario.clock_steps or call.received_at is None:
            return
        age = began - call.received_at - _SLACK_S
        fresh = self.farm.sketches[call.provider].fresh_for.total_seconds()
        what = f"{call.provider} {call.question} is {age:.1f} s old"
        self._referee.expect("stale is marked", age <= fresh or report.stale, what)
        self._referee.expect("not too old", age <= fresh + min(fresh, 7 * 86_400), what)
        if terms.max_age is not None:
            self._referee.expect("max age", age <= terms.max_age.total_seconds(), what)

    def _check_forgotten(self, key: str, report: Report, began: float) -> None:
        if report.cached not in _CACHED:
            return
        calls = [self._call(serial) for serial in _references(report)]
        for before, since in self._forgotten.get(key, ()):
            for call in calls:
                if call is not None and call.sent_at <= before and began > since:
                    what = f"{call.provider} {call.question} {began - since:.1f} s too late"
                    self._referee.breaks("forgotten is gone", f"{what}, from {report.cached}")

    def _call(self, serial: str) -> Landed | None:
        number = int(serial) if serial.isdigit() else 0
        return self.farm.calls[number - 1] if 0 < number <= len(self.farm.calls) else None

    def _calls(self, provider: str, question: str) -> list[Landed]:
        return [c for c in self.farm.calls if c.provider == provider and c.question == question]

    # At the end

    def check_served(self, served: "Served") -> None:
        """In time, and with an outcome for everybody who could have helped."""
        name, arrival = f"request {served.number}", served.arrival
        took = served.ended - served.began
        late = _LATE_RECORDS_S if self._referee.scenario.slow_records else _LATE_S
        what = f"{name} took {took:.3f} of {arrival.deadline}"
        self._referee.expect("deadline", took <= arrival.deadline + late, what)
        if served.enrichment is None:
            self._referee.breaks("every request ends", name)
            return
        named = {outcome.provider for outcome in served.enrichment.outcomes}
        able = {
            sketch.name
            for sketch in self.farm.sketches.values()
            if _can_help(sketch.capabilities, sketch.credits, arrival.goal.value)
        }
        self._referee.expect("outcomes named", able <= named, f"{name}: {sorted(able - named)}")


def question_asked(process: "Process", ask: Ask) -> str:
    """What the provider is asked first, as the farm names it."""
    provider = process.gateway.channels[ask.provider].provider
    conversation: Any = getattr(provider, ask.capability)(ask.query)
    (call, *_) = next(conversation)
    conversation.close()
    return question_of(call.path, {**dict(call.params), **(call.json or {})})


def _key(process: "Process", ask: Ask) -> str:
    return process.gateway._question(ask).key


def _references(report: Report) -> list[str]:
    assert isinstance(report.outcome, Found)
    observed = report.outcome.observations
    rows = [row.claim.reference or "" for row in (*observed.people, *observed.companies)]
    return [*rows, *(reason for row in observed.verdicts for reason in row.claim.reasons)]


def _can_help(capabilities: tuple[str, ...], credits: int, goal: str) -> bool:
    useful = set(capabilities) & _CAPABILITIES[goal]
    if goal == "person" and credits:
        useful.discard("find_people")
    return bool(useful)


def _now() -> float:
    return asyncio.get_running_loop().time()
