"""Watches every step of a run and says what broke a promise.

Every check is against what the far ends saw, or against the request's own terms; none asks the
code under test how it thinks it did, except where its state is what is promised (a breaker that
is open).
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.farm import Landed
from tests.simulation.scenario import Scenario

from roleferry_enrich.providers.contract import Window

if TYPE_CHECKING:
    from tests.simulation.fleet import Process

_MOST_PROBES = 3
_LONGEST_WAIT = 15.0
"""Between a permit's reservation and its use: a request's deadline and a call's timeout."""
_GRACE = 0.1
"""How long a pause may take to reach the other processes."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept."""

    at: float
    promise: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:9.3f} s  {self.promise}: {self.what}"


@dataclass(slots=True)
class _Silence:
    process: int
    since: float
    until: float


@dataclass(slots=True)
class Referee:
    scenario: Scenario
    processes: "dict[int, Process]" = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    began: float = 0.0
    ended: set[int] = field(default_factory=set)
    """Serials of the calls that are over for their caller."""
    _silences: dict[tuple[str, str], list[_Silence]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _probes: dict[tuple[int, str, int], set[int]] = field(default_factory=lambda: defaultdict(set))

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self.began

    def note(self, *event: object) -> None:
        """One line of the trace: nothing that differs between two runs may be in it."""
        self.events.append((round(self.elapsed() * 1_000_000), *event))

    def breaks(self, promise: str, what: str) -> None:
        self.broken.append(Broken(self.elapsed(), promise, what))
        self.note("broken", promise, what)

    def expect(self, promise: str, kept: bool, what: str) -> None:
        if not kept:
            self.breaks(promise, what)

    # Told by the farm

    def sent(self, call: Landed) -> None:
        self.note("sent", call.process, call.request, call.provider, call.lane, call.question)
        self._check_silence(call)
        self._check_breaker(call)

    def silenced(self, call: Landed, until: float) -> None:
        self.note("silenced", call.process, call.provider, call.lane)
        if self._has_true_clock(call.process):
            self._silences[call.provider, call.lane].append(
                _Silence(call.process, asyncio.get_running_loop().time(), until)
            )

    def _has_true_clock(self, process: int) -> bool:
        return all(whose != process for _, whose, _ in self.scenario.clock_steps)

    def _check_silence(self, call: Landed) -> None:
        for silence in self._silences[call.provider, call.lane]:
            if not silence.since < call.sent_at < silence.until - 1e-4:
                continue
            own = silence.process == call.process
            early = call.sent_at < silence.since + (0.01 if own else _GRACE)
            if early or (not own and self.was_disturbed(silence.since, call.sent_at)):
                continue
            left = silence.until - call.sent_at
            whose = "its own" if own else "another process's"
            self.breaks("silence", f"{call.provider} called {left:.3f} s before {whose} pause ends")
            return

    def _check_breaker(self, call: Landed) -> None:
        breaker = self.processes[call.process].gateway.gates.breakers[call.provider]
        if breaker.state == "open":
            self.breaks("breaker", f"{call.provider} called while its breaker is open")
        if breaker.state == "half_open":
            probes = self._probes[call.process, call.provider, breaker.generation]
            probes.add(call.serial)
            under_way = len(probes - self.ended)
            self.expect("probes", under_way <= _MOST_PROBES, f"{under_way} to {call.provider}")

    def was_disturbed(self, since: float, until: float) -> bool:
        """Whether Redis was in trouble in between; a moment's rest after it counts as trouble."""
        since, until = since - self.began, until - self.began
        return any(
            trouble.begins - 0.2 <= until and since <= trouble.ends + 2.0
            for trouble in self.scenario.redis_troubles
        )

    # At the end

    def check_limits(
        self, calls: list[Landed], windows: "dict[tuple[str, str], tuple[Window, ...]]"
    ) -> None:
        """No more arrived than burst + rate x time; each change of Redis's health allows a burst."""
        for (provider, lane), given in windows.items():
            moments = [c.sent_at for c in calls if (c.provider, c.lane) == (provider, lane)]
            for window in given:
                over = self._most_over(moments, window)
                self.expect("limit", over <= 0.0, f"{provider}/{lane} {window} by {over:.4f} s")

    def _most_over(self, moments: list[float], window: Window) -> float:
        """How far ahead of its time the worst call was, in seconds; 0 if none was."""
        period = window.period.total_seconds()
        interval = period / window.permits
        arrival, worst, spare = 0.0, 0.0, _Spare(self, window)
        slack = self._slack()
        for moment in sorted(moments):
            arrival = max(arrival, moment) + interval
            if arrival - moment - period > slack and spare.take(moment):
                arrival -= interval
            worst = max(worst, arrival - moment - period - slack)
        return worst if worst > 1e-6 else 0.0

    def _slack(self) -> float:
        """Permits are given at Redis and used when the answer is back: calls may close up so."""
        slow = any(trouble.kind == "slow" for trouble in self.scenario.redis_troubles)
        return 0.12 if slow else 0.004


class _Spare:
    """What two ledgers allow beyond one: while Redis is in trouble, some processes count by their
    own shares and others still in Redis, and neither knows of the other.
    """

    def __init__(self, referee: Referee, window: Window) -> None:
        self._window = window
        self._began = referee.began
        self._troubles = referee.scenario.redis_troubles
        # Each process may make one call, however small the limit.
        self._burst = window.permits + max(window.permits, referee.scenario.processes)
        self._taken: dict[float, int] = {}

    def take(self, moment: float) -> bool:
        period = self._window.period.total_seconds()
        elapsed = moment - self._began
        for trouble in self._troubles:
            begins, ends = trouble.begins - 0.2, trouble.ends + 2.0
            if not begins <= elapsed <= ends + period + _LONGEST_WAIT:
                continue
            taken = self._taken.get(trouble.begins, 0)
            # A burst from each ledger, then the rate again: one way in and one way out.
            rate = self._window.permits / period
            allowed = self._burst + rate * (min(elapsed, ends) - begins)
            if taken < allowed:
                self._taken[trouble.begins] = taken + 1
                return True
        return False
