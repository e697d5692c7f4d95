"""Providers that refused our keys or whose quota is used up: off until it makes sense to ask.

When the time is over, one call finds out whether the provider serves us again; the others wait
for what it learns. This is one process's view: the limiter carries it to the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from roleferry_enrich.errors import (
    ProviderError,
    ProviderQuotaSpent,
    ProviderUnauthorised,
    Quarantined,
)

# A dead key is not healed by waiting, but an operator's correction must be noticed; a spent quota
# may be topped up at any time. Both are long against a retry storm and short against a day.
UNTIL_ASKED_AGAIN = timedelta(minutes=5)
# A probe may be cancelled, or refused by another gate, and then nobody hears of it.
_PROBE_S = 15.0


@dataclass(slots=True)
class _Sentence:
    why: str
    until: float
    probed_until: float = 0.0


class Quarantine:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sentences: dict[str, _Sentence] = {}

    def check(self, provider: str, *, as_trial: bool = True) -> None:
        """Raises Quarantined while the provider is off; afterwards for all but one probe.

        What is no trial of it has to wait until it has served us again.
        """
        sentence = self._sentences.get(provider)
        if sentence is None:
            return
        now = self._clock()
        if not as_trial or now < max(sentence.until, sentence.probed_until):
            raise Quarantined(sentence.why)
        sentence.probed_until = now + _PROBE_S

    def check_again(self, provider: str) -> None:
        """Raises Quarantined if the provider was put off while the call waited for a permit."""
        if self.remaining(provider):
            raise Quarantined(self._sentences[provider].why)

    def remaining(self, provider: str) -> timedelta:
        sentence = self._sentences.get(provider)
        left = 0.0 if sentence is None else sentence.until - self._clock()
        return timedelta(seconds=max(left, 0.0))

    def is_known(self, provider: str) -> bool:
        """Whether it was put off and has not served us since."""
        return provider in self._sentences

    def reason(self, provider: str) -> str | None:
        return self._sentences[provider].why if self.remaining(provider) else None

    def learn(self, provider: str, error: ProviderError) -> timedelta | None:
        """Note an error; how long it puts the provider off, if it does."""
        if not isinstance(error, ProviderUnauthorised | ProviderQuotaSpent):
            return None
        wait = error.retry_after or UNTIL_ASKED_AGAIN
        self.adopt(provider, wait, error.outcome)
        return wait

    def adopt(self, provider: str, left: timedelta, why: str) -> None:
        """Put the provider off, as this or another process has learnt it must be."""
        self._sentences[provider] = _Sentence(why, self._clock() + left.total_seconds())

    def served(self, provider: str) -> bool:
        """Note that the provider served us; True if that ends its quarantine.

        A call that was under way when the provider was put off proves nothing.
        """
        if provider not in self._sentences or self.remaining(provider):
            return False
        del self._sentences[provider]
        return True

    def forget(self, provider: str) -> bool:
        """Put the provider on again at once; True if it was off."""
        return self._sentences.pop(provider, None) is not None
