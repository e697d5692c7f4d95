"""How providers are treated: asked silences are kept, sick ones are left alone, retries are few."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulation.farm import Landed
from tests.simulation.referee import Referee

if TYPE_CHECKING:
    from tests.simulation.fleet import Process

_MOST_PROBES = 3
_OPENS_AFTER = 10
_WINDOW_S = 30.0
_SETTLING_S = 0.5
"""Between a call's end and the breaker's learning of it: what was learnt is told to Redis first."""
_GRACE_S = 0.1
"""How long a pause may take to reach the other processes."""
_EARNED = 0.2
_LENT = 2
_MINUTE_S = 60.0
_CELL_S = 5.0
"""The budget forgets in steps of this."""


@dataclass(slots=True)
class _Silence:
    process: int
    since: float
    until: float


class Manners:
    def __init__(self, referee: Referee, processes: "Mapping[int, Process]") -> None:
        self._referee = referee
        self._processes = processes
        self._silences: dict[tuple[str, str], list[_Silence]] = defaultdict(list)
        self._probes: dict[tuple[int, str, int], set[int]] = defaultdict(set)
        self._failures: dict[tuple[int, str], deque[float]] = defaultdict(deque)
        self._attempts: dict[tuple[int, str], list[tuple[float, bool]]] = defaultdict(list)
        self._over: set[int] = set()

    def sent(self, call: Landed) -> None:
        self._check_silence(call)
        self._check_probes(call)
        self._check_opening(call)
        self._check_retries(call)

    def received(self, call: Landed) -> None: ...

    def ended(self, call: Landed) -> None:
        self._over.add(call.serial)
        failures = self._failures[call.process, call.provider]
        if call.has_failed is False:
            failures.clear()
        elif call.has_failed:
            failures.append(_now())

    def silenced(self, call: Landed, until: float) -> None:
        if all(whose != call.process for _, whose, _ in self._referee.scenario.clock_steps):
            silence = _Silence(call.process, _now(), until)
            self._silences[call.provider, call.lane].append(silence)

    def _check_silence(self, call: Landed) -> None:
        for silence in self._silences[call.provider, call.lane]:
            if not silence.since < call.sent_at < silence.until - 1e-4:
                continue
            own = silence.process == call.process
            early = call.sent_at < silence.since + (0.01 if own else _GRACE_S)
            if early or (not own and self._referee.was_disturbed(silence.since, call.sent_at)):
                continue
            left = silence.until - call.sent_at
            whose = "its own" if own else "another process's"
            what = f"{call.provider} called {left:.3f} s before {whose} pause ends"
            self._referee.breaks("silence", what)
            return

    def _check_probes(self, call: Landed) -> None:
        breaker = self._processes[call.process].gateway.gates.breakers[call.provider]
        if breaker.state == "open":
            self._referee.breaks("breaker", f"{call.provider} called while its breaker is open")
        if breaker.state == "half_open":
            probes = self._probes[call.process, call.provider, breaker.generation]
            probes.add(call.serial)
            under_way = len(probes - self._over)
            what = f"{under_way} at once to {call.provider}"
            self._referee.expect("probes", under_way <= _MOST_PROBES, what)

    def _check_opening(self, call: Landed) -> None:
        """Ten failures in a row within the breaker's window, and none is sent for its rest."""
        failures = self._failures[call.process, call.provider]
        if len(failures) < _OPENS_AFTER:
            return
        last, first = failures[-1], failures[-_OPENS_AFTER]
        is_early = call.sent_at < failures[_OPENS_AFTER - 1] + _SETTLING_S
        if last - first < _WINDOW_S and last < call.sent_at < last + _WINDOW_S and not is_early:
            what = f"{call.provider} called after {len(failures)} failures in a row"
            self._referee.breaks("breaker opens", what)

    def _check_retries(self, call: Landed) -> None:
        attempts = self._attempts[call.process, call.provider]
        attempts.append((call.sent_at, call.attempt > 1))
        if call.attempt == 1:
            return
        retries = sum(
            is_retry for at, is_retry in attempts if at > call.sent_at - _MINUTE_S + _CELL_S
        )
        firsts = sum(
            not is_retry for at, is_retry in attempts if at > call.sent_at - _MINUTE_S - _CELL_S
        )
        what = f"{retries} retries of {firsts} calls to {call.provider} in a minute"
        self._referee.expect("few retries", retries <= _LENT + _EARNED * firsts + 1e-9, what)


def _now() -> float:
    return asyncio.get_running_loop().time()
