"""What the gateway tells whoever watches it: metrics, traces and alerts, behind one protocol."""

from contextlib import AbstractContextManager
from typing import Literal, Protocol

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord
from roleferry_enrich.gateway.breaker import State

Purchase = Literal["made", "kept", "joined", "refused"]
"""What became of a wish to buy: the call was made, its reply was at hand, another's was waited
for, or it could not be noted."""


class CallSpan(Protocol):
    """One provider call being traced."""

    def ended(self, record: CallRecord) -> None: ...


class Watch(Protocol):
    """Receives facts; values are from closed sets, never personal data."""

    def calling(
        self, provider: str, capability: str, attempt: int
    ) -> AbstractContextManager[CallSpan]:
        """Around one call, its gates included."""

    def cache_looked(self, provider: str, level: CacheLevel | None) -> None:
        """A lookup, with the level that had it; None is a miss."""

    def cache_stale(self, provider: str) -> None:
        """An answer past its time was served, marked as such."""

    def cache_spoilt(self, provider: str) -> None:
        """A cached value could not be opened or read; it was deleted."""

    def breaker_seen(self, provider: str, state: State) -> None: ...

    def quarantined(self, provider: str, reason: str) -> None:
        """A provider was put off: somebody must look at the key or the plan."""

    def quarantine_ended(self, provider: str) -> None:
        """It serves us again, or an operator says it will."""

    def quarantine_seen(self, provider: str, *, is_off: bool) -> None:
        """What this process takes the provider for from here on."""

    def key_refused(self, provider: str, position: int, of: int) -> None:
        """One of several keys was refused, and the next is used: somebody must replace it."""

    def key_served(self, provider: str, position: int, of: int) -> None:
        """A key that was refused is accepted again."""

    def quota_told(self, provider: str, remaining: float) -> None:
        """What is left, in the provider's credits or requests."""

    def permits_kept_locally(self, provider: str, count: int) -> None:
        """Redis was away, so these permits came from the process's own share."""

    def limit_rebuilt(self, provider: str) -> None:
        """A bucket held what no bucket holds: somebody writes to our keys, or a clock jumped."""

    def rate_lowered(self, provider: str, rate: float) -> None:
        """The provider refused us without a word on when; `rate` is what is left of the full."""

    def retry_refused(self, provider: str) -> None:
        """A failed call was not made again because too many of late were."""

    def bought(self, provider: str, how: Purchase) -> None: ...

    def lost(self, provider: str, capability: str, cost: MicroUsd) -> None:
        """A paid call was never settled: its process died, and the money may be gone."""

    def contract_changed(self, provider: str, capability: str) -> None:
        """A reply could not be read: somebody must look at the adapter."""
