"""When a failed call may be made again: one layer, jittered, inside the time that is left."""

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
        if isinstance(error, ProviderRateLimited):
            # As long as the provider asked, even where no limit of it is known; the limiter keeps
            # everybody else as long. Without a word, as if it had failed.
            return error.retry_after or self._backoff(attempt, random)
        return self._backoff(attempt, random)

    def _backoff(self, attempt: int, random: Random) -> timedelta:
        ceiling = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        return timedelta(seconds=ceiling.total_seconds() * random.random())


def _is_safe(error: ProviderError, call: Call) -> bool:
    """A billed call goes out again only if the provider is known not to have charged it."""
    return call.repeatable or not error.may_be_charged
