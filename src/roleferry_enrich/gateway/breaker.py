"""Decides whether a provider is worth calling, from how its recent calls went.

aiobreaker is only the three-state switch: its own rules let every caller through half-open,
count consecutive failures only and trust the wall clock. The policy here is ours: a time window
with failure and slow-call rates, few half-open permits, generations so that a straggler changes
nothing, and an injected monotonic clock.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import TracebackType
from typing import Literal, Self

from aiobreaker import CircuitBreaker
from aiobreaker.state import CircuitBreakerState
from aiobreaker.storage.memory import CircuitMemoryStorage

from roleferry_enrich.errors import BreakerOpen

State = Literal["closed", "open", "half_open"]
_STATE: dict[CircuitBreakerState, State] = {
    CircuitBreakerState.CLOSED: "closed",
    CircuitBreakerState.OPEN: "open",
    CircuitBreakerState.HALF_OPEN: "half_open",
}
_NEVER = 2**31  # aiobreaker must not trip by its own count


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    window: timedelta = timedelta(seconds=30)
    minimum_calls: int = 10
    failure_rate: float = 0.5
    slow_rate: float = 0.5
    slow_after: timedelta = timedelta(seconds=8)
    half_open_permits: int = 3
    open_for: timedelta = timedelta(seconds=30)
    """The first time; doubles with each failed recovery."""
    longest_open: timedelta = timedelta(minutes=5)
    jitter: float = 0.1


class Breaker:
    """One provider's breaker in this process."""

    def __init__(
        self, policy: BreakerPolicy, *, clock: Callable[[], float], random: Random
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._random = random
        self._switch = CircuitMemoryStorage(CircuitBreakerState.CLOSED)
        self._breaker = CircuitBreaker(fail_max=_NEVER, state_storage=self._switch)
        self._calls: deque[tuple[float, bool, bool]] = deque()
        # Of those in the window: counting them anew for each call would take longer than the call.
        self._failures = 0
        self._slow = 0
        self._reopens_at = 0.0
        self._trips = 0
        self._probes = 0
        self._recovered = 0
        self.generation = 0

    @property
    def state(self) -> State:
        return _STATE[self._breaker.current_state]

    def now(self) -> float:
        return self._clock()

    def admit(self) -> "Admission":
        """Leave to make one call, to be used as a context manager. Raises BreakerOpen."""
        if self.state == "open" and self._clock() >= self._reopens_at:
            self._turn(CircuitBreakerState.HALF_OPEN)
        if self.state == "open":
            raise BreakerOpen("the provider failed too often of late")
        if self.state == "half_open":
            if self._probes >= self._policy.half_open_permits:
                raise BreakerOpen("the provider is being tried out by other calls")
            self._probes += 1
        return Admission(self, self.generation, self._clock())

    def let_pass(self) -> "Admission":
        """Leave to make a call whose end is no statistic. Raises BreakerOpen unless closed.

        It is no trial of a provider that recovers either.
        """
        if self.state != "closed":
            raise BreakerOpen("the provider failed too often of late")
        return Admission(self, self.generation, self._clock(), is_counted=False)

    def settle(self, admission: "Admission", *, failed: bool | None) -> None:
        """Take a call's verdict; None is no verdict (our own cancel, a 404, a throttle)."""
        if admission.generation != self.generation:
            return
        slow = self._clock() - admission.started >= self._policy.slow_after.total_seconds()
        if self.state == "half_open":
            self._settle_probe(failed=None if failed is None else failed or slow)
        elif failed is not None:
            self._calls.append((self._clock(), failed, slow))
            self._failures += failed
            self._slow += slow
            if self._is_tripped():
                self._open()

    def _settle_probe(self, *, failed: bool | None) -> None:
        self._probes -= 1
        if failed:
            self._open()
        elif failed is False:
            self._recovered += 1
            if self._recovered >= self._policy.half_open_permits:
                self._trips = 0
                self._turn(CircuitBreakerState.CLOSED)

    def _is_tripped(self) -> bool:
        oldest = self._clock() - self._policy.window.total_seconds()
        while self._calls and self._calls[0][0] < oldest:
            _, failed, slow = self._calls.popleft()
            self._failures -= failed
            self._slow -= slow
        count = len(self._calls)
        if count < self._policy.minimum_calls:
            return False
        return (
            self._failures >= count * self._policy.failure_rate
            or self._slow >= count * self._policy.slow_rate
        )

    def _open(self) -> None:
        longest = self._policy.longest_open.total_seconds()
        wait = min(self._policy.open_for.total_seconds() * 2**self._trips, longest)
        # Jitter keeps a fleet from trying the provider out in the same instant.
        wait *= 1 + self._policy.jitter * self._random.random()
        self._trips = min(self._trips + 1, 16)
        self._reopens_at = self._clock() + wait
        self._turn(CircuitBreakerState.OPEN)

    def _turn(self, state: CircuitBreakerState) -> None:
        # Set through the storage: `CircuitBreaker.open()` reads the wall clock.
        self._switch.state = state
        self.generation += 1
        self._calls.clear()
        self._failures = self._slow = 0
        self._probes = 0
        self._recovered = 0


class Admission:
    """One admitted call. Leaving the block without a verdict gives the permit back, no more."""

    def __init__(
        self, breaker: Breaker, generation: int, started: float, *, is_counted: bool = True
    ) -> None:
        self._breaker = breaker
        self._is_counted = is_counted
        self._failed: bool | None = None
        self.generation = generation
        self.started = started

    def sent(self) -> None:
        """The call goes out now: what it waited for a permit is not the provider's slowness."""
        self.started = self._breaker.now()

    def check(self) -> None:
        """Raises BreakerOpen if the breaker has turned since: whoever waited goes out no more."""
        if self.generation != self._breaker.generation and self._breaker.state != "closed":
            raise BreakerOpen("the provider failed too often while this call waited")

    def succeeded(self) -> None:
        self._failed = False

    def failed(self) -> None:
        self._failed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._breaker.settle(self, failed=self._failed if self._is_counted else None)
