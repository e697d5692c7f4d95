"""How providers are treated: asked silences are kept, sick ones are left alone, retries are few."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.farm import Landed
from tests.simulation.referee import LONGEST_WAIT_S, Referee

from roleferry_enrich.gateway.breaker import Breaker

if TYPE_CHECKING:
    from tests.simulation.fleet import Process

_MOST_PROBES = 3
_OPENS_AFTER = 10
_WINDOW_S = 30.0
_MOST_FAILED = 0.6
"""Above the breaker's own half: it learns a little later than the provider knows."""
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


@dataclass(slots=True)
class _Record:
    """How a provider's calls of late went for one process, since its breaker last turned."""

    generation: int = 0
    tripped_at: float = -_WINDOW_S
    ended: deque[tuple[float, bool]] = field(default_factory=deque)

    def add(self, generation: int, has_failed: bool) -> None:  # noqa: FBT001 - a verdict
        if generation != self.generation:
            self.generation = generation
            self.ended.clear()
        self.ended.append((_now(), has_failed))
        while self.ended[0][0] < _now() - _WINDOW_S:
            self.ended.popleft()
        failed = sum(has_failed for _, has_failed in self.ended)
        if len(self.ended) >= _OPENS_AFTER and failed >= len(self.ended) * _MOST_FAILED:
            self.tripped_at = _now()


class Manners:
    def __init__(self, referee: Referee, processes: "Mapping[int, Process]") -> None:
        self._referee = referee
        self._processes = processes
        self._silences: dict[tuple[str, str], list[_Silence]] = defaultdict(list)
        self._probes: dict[tuple[int, str, int], set[int]] = defaultdict(set)
        self._records: dict[tuple[int, str], _Record] = defaultdict(_Record)
        self._generations: dict[int, int] = {}
        self._attempts: dict[tuple[int, str], list[tuple[float, bool]]] = defaultdict(list)
        self._over: set[int] = set()
        self._under_way: dict[str, dict[int, int]] = defaultdict(dict)
        self._sketches = {sketch.name: sketch for sketch in referee.scenario.sketches}

    def sent(self, call: Landed) -> None:
        self._under_way[call.provider][call.serial] = call.process
        self._check_places(call)
        self._check_silence(call)
        self._check_probes(call)
        self._check_opening(call)
        self._check_retries(call)

    def received(self, call: Landed) -> None: ...

    def ended(self, call: Landed) -> None:
        self._over.add(call.serial)
        self._under_way[call.provider].pop(call.serial, None)
        generation = self._breaker(call).generation
        record = self._records[call.process, call.provider]
        if call.has_failed is not None and generation == self._generations[call.serial]:
            record.add(generation, call.has_failed)

    def silenced(self, call: Landed, until: float) -> None:
        if all(whose != call.process for _, whose, _ in self._referee.scenario.clock_steps):
            silence = _Silence(call.process, _now(), until)
            self._silences[call.provider, call.lane].append(silence)

    def _check_silence(self, call: Landed) -> None:
        for silence in self._silences[call.provider, call.lane]:
            own = silence.process == call.process
            begins = silence.since + (0.01 if own else _GRACE_S)
            if not begins < call.sent_at < silence.until - (1e-4 if own else 0.01):
                continue
            # Who waits by its process's own share is not told of what others were asked.
            longest_ago = silence.since - LONGEST_WAIT_S
            if not own and self._referee.was_disturbed(longest_ago, call.sent_at):
                continue
            left = silence.until - call.sent_at
            whose = "its own" if own else "another process's"
            what = f"{call.provider} called {left:.3f} s before {whose} pause ends"
            self._referee.breaks("silence", what)
            return

    def _check_places(self, call: Landed) -> None:
        """So many calls of one process at once, and so many of all, where the contract says so."""
        sketch, owners = self._sketches[call.provider], self._under_way[call.provider].values()
        own = sum(owner == call.process for owner in owners)
        what = f"{own} calls of one process to {call.provider} at once"
        self._referee.expect("concurrency", own <= sketch.concurrency, what)
        longest_ago = call.sent_at - LONGEST_WAIT_S
        if sketch.places is None or self._referee.was_disturbed(longest_ago, call.sent_at):
            return
        alive = sum(not self._processes[owner].dead for owner in owners)
        what = f"{alive} calls of the fleet to {call.provider} at once"
        self._referee.expect("places", alive <= sketch.places, what)

    def _check_probes(self, call: Landed) -> None:
        breaker = self._breaker(call)
        self._generations[call.serial] = breaker.generation
        if breaker.state == "open":
            self._referee.breaks("breaker", f"{call.provider} called while its breaker is open")
        if breaker.state == "half_open":
            probes = self._probes[call.process, call.provider, breaker.generation]
            probes.add(call.serial)
            under_way = len(probes - self._over)
            what = f"{under_way} at once to {call.provider}"
            self._referee.expect("probes", under_way <= _MOST_PROBES, what)

    def _check_opening(self, call: Landed) -> None:
        """Where most of ten calls failed within the breaker's window, none is sent for its rest."""
        tripped_at = self._records[call.process, call.provider].tripped_at
        if tripped_at + _SETTLING_S < call.sent_at < tripped_at + _WINDOW_S:
            what = f"{call.provider} called {call.sent_at - tripped_at:.3f} s after it had failed"
            self._referee.breaks("breaker opens", what)

    def _breaker(self, call: Landed) -> Breaker:
        return self._processes[call.process].gateway.gates.breakers[call.provider]

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
