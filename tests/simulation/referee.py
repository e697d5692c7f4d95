"""Writes the trace of a run and the list of the promises it broke.

Every check is against what the far ends saw, or against the request's own terms; none asks the
code under test how it thinks it did, except where its state is what is promised (a breaker that
is open). The checks themselves stand in manners, limits, answers, money and idleness.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from tests.simulation.farm import Landed
from tests.simulation.scenario import Scenario, Trouble

LONGEST_WAIT_S = 15.0
"""Between a permit's reservation and its use: a request's deadline and a call's timeout."""
_REST_S = 2.0
"""After Redis is well again: how long a process may still go without it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept."""

    at: float
    promise: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:9.3f} s  {self.promise}: {self.what}"


class Watcher(Protocol):
    """Sees every call as the farm does."""

    def sent(self, call: Landed) -> None: ...

    def received(self, call: Landed) -> None: ...

    def ended(self, call: Landed) -> None: ...

    def silenced(self, call: Landed, until: float) -> None: ...


@dataclass(slots=True)
class Referee:
    scenario: Scenario
    broken: list[Broken] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    began: float = 0.0
    watchers: list[Watcher] = field(default_factory=list)

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self.began

    def note(self, *event: object) -> None:
        """One line of the trace: nothing that differs between two runs may be in it."""
        self.events.append((round(self.elapsed() * 1_000_000), *event))

    def breaks(self, promise: str, what: str) -> None:
        self.broken.append(Broken(self.elapsed(), promise, what))
        self.note("broken", promise, what)

    def expect(self, promise: str, kept: bool, what: str) -> None:  # noqa: FBT001 - what is checked
        if not kept:
            self.breaks(promise, what)

    # Told by the farm

    def sent(self, call: Landed) -> None:
        self.note("sent", call.process, call.request, call.provider, call.lane, call.question)
        for watcher in self.watchers:
            watcher.sent(call)

    def received(self, call: Landed) -> None:
        self.note("received", call.serial, call.said, call.charged)
        for watcher in self.watchers:
            watcher.received(call)

    def ended(self, call: Landed) -> None:
        for watcher in self.watchers:
            watcher.ended(call)

    def silenced(self, call: Landed, until: float) -> None:
        self.note("silenced", call.process, call.provider, call.lane, round(until - self.began, 6))
        for watcher in self.watchers:
            watcher.silenced(call, until)

    def disturbances(self, since: float, until: float) -> list[Trouble]:
        """Redis's troubles in between (loop times); a rest after each counts as part of it."""
        since, until = since - self.began, until - self.began
        return [
            trouble
            for trouble in self.scenario.redis_troubles
            if trouble.begins - 0.2 <= until and since <= trouble.ends + _REST_S
        ]

    def was_disturbed(self, since: float, until: float) -> bool:
        return bool(self.disturbances(since, until))

    def books_were_away(self, since: float, until: float) -> bool:
        since, until = since - self.began, until - self.began
        return any(
            trouble.begins - 0.2 <= until and since <= trouble.ends + _REST_S
            for trouble in self.scenario.books_troubles
        )
