"""Providers that refused our key or whose quota is used up: off until it makes sense to ask."""

from collections.abc import Callable
from datetime import timedelta

from roleferry_enrich.errors import (
    ProviderError,
    ProviderQuotaSpent,
    ProviderUnauthorised,
    Quarantined,
)

# A dead key is not healed by waiting, but an operator's correction must be noticed; a spent quota
# may be topped up at any time. Both are long against a retry storm and short against a day.
_UNTIL_ASKED_AGAIN = timedelta(minutes=5)


class Quarantine:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._why: dict[str, str] = {}

    def check(self, provider: str) -> None:
        """Raises Quarantined while the provider is off."""
        if self.remaining(provider):
            raise Quarantined(self._why[provider])

    def remaining(self, provider: str) -> timedelta:
        left = self._until.get(provider, 0.0) - self._clock()
        return timedelta(seconds=max(left, 0.0))

    def reason(self, provider: str) -> str | None:
        return self._why.get(provider) if self.remaining(provider) else None

    def learn(self, provider: str, error: ProviderError) -> bool:
        """Note an error; True if it put the provider off just now (worth an alert)."""
        if not isinstance(error, ProviderUnauthorised | ProviderQuotaSpent):
            return False
        fresh = not self.remaining(provider)
        wait = error.retry_after or _UNTIL_ASKED_AGAIN
        self._until[provider] = self._clock() + wait.total_seconds()
        self._why[provider] = error.outcome
        return fresh
