"""What a limit is counted in and for whom, and by what names Redis knows it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from roleferry_enrich.providers.contract import Window

MICRO = 1_000_000
# A reply's way back is not as long as the next call's way there: two calls sent a whole period
# apart may arrive closer. Measured against windows of one second, see docs/decisions.
_SLACK_SHARE = 0.02
_MOST_SLACK_US = 100_000
_KEPT_STARTS = 1_000


class Priority(StrEnum):
    """Who waits for the answer: somebody, or a job."""

    INTERACTIVE = "interactive"
    BATCH = "batch"
    """Takes only what leaves 30 % of each limit free for the others."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The windows that one lane of one provider is counted in."""

    provider: str
    lane: str
    windows: tuple[Window, ...]

    @property
    def key(self) -> str:
        # The braces put all of a provider's keys on one node of a Redis cluster.
        return f"rfe:{{{self.provider}}}:permits:{self.lane}"

    def keys(self) -> tuple[str, ...]:
        """KEYS of permit.lua and of all that work on the same bucket."""
        logs = (f"{self.key}:{window.permits}/{_period(window)}" for window in self.windows)
        return (self.key, f"{self.key}:back", switch_key(self.provider), *logs)

    def arguments(self) -> tuple[int, ...]:
        """What the scripts are told of each window."""
        parts = ((window.permits, _period(window), _grain(window)) for window in self.windows)
        return tuple(number for part in parts for number in part)

    @property
    def keeps_every_start(self) -> bool:
        return any(_grain(window) == 1 for window in self.windows)


def switch_key(provider: str) -> str:
    return f"rfe:{{{provider}}}:off"


def places_key(provider: str) -> str:
    return f"rfe:{{{provider}}}:places"


def micros(duration: timedelta) -> int:
    return int(duration.total_seconds() * MICRO)


def from_micros(count: int) -> timedelta:
    return timedelta(microseconds=count)


def _period(window: Window) -> int:
    period = micros(window.period)
    return period + min(int(period * _SLACK_SHARE), _MOST_SLACK_US)


def _grain(window: Window) -> int:
    """Every so-manyth start is kept: all of a small limit, a thousand of a large one.

    The larger limit is then kept to within a thousandth, always on the side of fewer.
    """
    return -(-window.permits // _KEPT_STARTS)
