"""When a failed call may be made again: one layer, jittered, inside the time that is left.

And not too often: where everything fails, retries are the load that keeps it failing.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from roleferry_enrich.errors import ProviderError, ProviderRateLimited
from roleferry_enrich.providers.contract import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    attempts: int = 3
    first_wait: timedelta = timedelta(milliseconds=100)
    longest_wait: timedelta = timedelta(seconds=2)

    def wait(
        self, error: ProviderError, call: Call, attempt: int, random: Random
    ) -> timedelta | None:
        """How long to wait before attempt `attempt + 1`, or None to give up."""
        if attempt >= self.attempts or not error.retryable or not _is_safe(error, call):
            return None
        wait = self._backoff(attempt, random)
        if error.retry_after is None:
            return wait
        if isinstance(error, ProviderRateLimited):
            # As long as the provider asked, even where no limit of it is known; the limiter keeps
            # everybody else as long.
            return error.retry_after
        return max(wait, error.retry_after)

    def _backoff(self, attempt: int, random: Random) -> timedelta:
        ceiling = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        return timedelta(seconds=ceiling.total_seconds() * random.random())


def _is_safe(error: ProviderError, call: Call) -> bool:
    """A billed call goes out again only if the provider is known not to have charged it."""
    return call.repeatable or not error.may_be_charged


@dataclass(slots=True)
class _Cell:
    """What a few seconds earned and spent. Negative: lent, and paid back by later calls."""

    since: float
    tokens: float = 0.0
    retries: int = 0


class RetryBudget:
    """At most 1.2 attempts per call over the last minute, for each provider.

    Each call earns a fifth of a retry, to be used within a minute. Two a minute are lent where
    nothing is earned yet: a fifth of a handful of calls would be none, and two harm nobody.
    """

    _EARNED = 0.2
    _LENT = 2
    _MINUTE_S = 60.0
    _CELL_S = 5.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._cells: defaultdict[str, deque[_Cell]] = defaultdict(deque)

    def called(self, provider: str) -> None:
        """A call was made for the first time."""
        cells = self._now(provider)
        debt = next((cell for cell in cells if cell.tokens < 0), cells[-1])
        debt.tokens += self._EARNED

    def spend(self, provider: str) -> bool:
        """Take one retry; False if there is none left."""
        cells = self._now(provider)
        earned = sum(cell.tokens for cell in cells) > 1 - 1e-9  # fifths do not add up to one
        if not earned and sum(cell.retries for cell in cells) >= self._LENT:
            return False
        cells[-1].retries += 1
        self._pay(cells)
        return True

    def _pay(self, cells: deque[_Cell]) -> None:
        owed = 1.0
        for cell in cells:
            paid = min(owed, max(0.0, cell.tokens))
            cell.tokens -= paid
            owed -= paid
        cells[-1].tokens -= owed

    def _now(self, provider: str) -> deque[_Cell]:
        now, cells = self._clock(), self._cells[provider]
        while cells and cells[0].since + self._MINUTE_S <= now:
            cells.popleft()
        if not cells or cells[-1].since + self._CELL_S <= now:
            cells.append(_Cell(now))
        return cells
