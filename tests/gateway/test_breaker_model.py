"""The breaker against a model that keeps every outcome and decides by reading them all."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.thorough import examples

from roleferry_enrich.errors import BreakerOpen
from roleferry_enrich.gateway.breaker import Admission, Breaker, BreakerPolicy

POLICY = BreakerPolicy(
    window=timedelta(seconds=20),
    minimum_calls=5,
    slow_after=timedelta(seconds=4),
    open_for=timedelta(seconds=3),
    longest_open=timedelta(seconds=11),
    jitter=0.0,
)


@dataclass
class Model:
    state: str = "closed"
    since: float = 0.0
    """When this state began: what was admitted before says nothing about it."""
    verdicts: list[tuple[float, bool]] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    trips: int = 0
    probes: int = 0
    recovered: int = 0

    def turn(self, state: str, now: float) -> None:
        self.state, self.since, self.verdicts, self.slow = state, now, [], []
        self.probes = self.recovered = 0

    def open(self, now: float) -> None:
        self.trips += 1
        self.turn("open", now)

    def open_until(self) -> float:
        return self.since + min(3 * 2 ** (self.trips - 1), 11)

    def verdict(self, now: float, *, failed: bool, slow: bool) -> None:
        if self.state == "half_open":
            self.probes -= 1
            if failed or slow:
                self.open(now)
                return
            self.recovered += 1
            if self.recovered == 3:
                self.trips = 0
                self.turn("closed", now)
            return
        self.verdicts.append((now, failed))
        self.slow += [now] if slow else []
        recent = [was_bad for at, was_bad in self.verdicts if at >= now - 20]
        slow_ones = [at for at in self.slow if at >= now - 20]
        if len(recent) >= 5 and 2 * max(sum(recent), len(slow_ones)) >= len(recent):
            self.open(now)


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.breaker = Breaker(POLICY, clock=lambda: self.now, random=Random(0))
        self.model = Model(since=self.now)
        self.under_way: list[tuple[Admission, float, int]] = []

    def generation(self) -> int:
        return self.breaker.generation

    @rule(seconds=st.sampled_from((0.1, 1.0, 3.9, 4.0, 9.9, 10.0, 21.0, 40.0)))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(callers=st.sampled_from((1, 1, 1, 2, 200)))
    def callers_come(self, callers: int) -> None:
        if self.model.state == "open" and self.now >= self.model.open_until():
            self.model.turn("half_open", self.now)
        admitted = 0
        for _ in range(callers):
            try:
                admission = self.breaker.admit()
            except BreakerOpen:
                continue
            admitted += 1
            self.under_way.append((admission, self.now, self.generation()))
        match self.model.state:
            case "closed":
                assert admitted == callers
            case "open":
                assert admitted == 0
            case "half_open":
                assert admitted == min(callers, 3 - self.model.probes)
                self.model.probes += admitted

    @rule(which=st.integers(0, 1000), verdict=st.sampled_from((True, True, False, False, None)))
    def one_ends(self, which: int, verdict: bool | None) -> None:  # noqa: FBT001 - drawn
        if not self.under_way:
            return
        admission, admitted_at, generation = self.under_way.pop(which % len(self.under_way))
        is_stale = generation != self.generation()
        before = (self.breaker.state, self.generation())
        with admission:
            if verdict is not None:
                (admission.failed if verdict else admission.succeeded)()
        if is_stale:
            assert (self.breaker.state, self.generation()) == before
        elif verdict is None:
            self.model.probes -= self.model.state == "half_open"
        else:
            self.model.verdict(self.now, failed=verdict, slow=self.now - admitted_at >= 4)

    @rule(failed=st.integers(0, 6), well=st.integers(0, 6))
    def many_quick_calls(self, failed: int, well: int) -> None:
        for verdict in [False] * well + [True] * failed:
            self.callers_come(1)
            if self.under_way and self.under_way[-1][2] == self.generation():
                self.one_ends(len(self.under_way) - 1, verdict)

    @invariant()
    def agrees_with_the_model(self) -> None:
        assert self.breaker.state == self.model.state


Machine.TestCase.settings = settings(
    max_examples=examples(140), stateful_step_count=50, deadline=None
)
TestBreakerAgainstItsModel = Machine.TestCase
