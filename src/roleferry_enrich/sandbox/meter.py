"""Counts requests against a provider's published limits, so that exceeding them has its price.

Fixed windows, because that is what most providers run; a client that keeps to a sliding window
keeps to these too.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from roleferry_enrich.providers.contract import Window


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a key stands in the window that binds it most."""

    allowed: bool
    left: int
    limit: int
    reset: int
    """Unix seconds."""


class Meters:
    """A meter for each lane, that is, for the paths that a provider counts apart, and one more."""

    def __init__(
        self,
        windows: Sequence[Window],
        lanes: Mapping[str, Sequence[Window]],
        clock: Callable[[], float],
    ) -> None:
        self._rest = Meter(windows, clock)
        self._lanes = {prefix: Meter(of_lane, clock) for prefix, of_lane in lanes.items()}

    def take(self, path: str, key: str) -> Standing | None:
        meters = (meter for prefix, meter in self._lanes.items() if path.startswith(prefix))
        return next(meters, self._rest).take(key)


class Meter:
    def __init__(self, windows: Sequence[Window], clock: Callable[[], float]) -> None:
        self._windows = windows
        self._clock = clock
        self._used: dict[tuple[str, int], tuple[int, int]] = {}
        """By key and window: which period it was last used in, and how often in it."""

    def take(self, key: str) -> Standing | None:
        """Use one permit of each window, or none where any is used up. None: no limits."""
        if not self._windows:
            return None
        now = self._clock()
        standings = [self._standing(key, n, now) for n in range(len(self._windows))]
        refused = [standing for standing in standings if not standing.allowed]
        if refused:
            return max(refused, key=lambda standing: standing.reset)
        for n in range(len(self._windows)):
            self._use(key, n, now)
        return min(standings, key=lambda standing: standing.left)

    def _standing(self, key: str, n: int, now: float) -> Standing:
        window = self._windows[n]
        period, used = self._used.get((key, n), (0, 0))
        seconds = window.period.total_seconds()
        current = int(now // seconds)
        used = used if period == current else 0
        reset = math.ceil((current + 1) * seconds)
        return Standing(
            used < window.permits, max(0, window.permits - used - 1), window.permits, reset
        )

    def _use(self, key: str, n: int, now: float) -> None:
        current = int(now // self._windows[n].period.total_seconds())
        period, used = self._used.get((key, n), (0, 0))
        self._used[key, n] = (current, used + 1 if period == current else 1)
