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

    def breaker_seen(self, provider: str, state: State) -> None: ...

    def quarantined(self, provider: str, reason: str) -> None:
        """A provider was put off: somebody must look at the key or the plan."""

    def bought(self, provider: str, how: Purchase) -> None: ...

    def lost(self, provider: str, capability: str, cost: MicroUsd) -> None:
        """A paid call was never settled: its process died, and the money may be gone."""

    def adapter_failed(self, provider: str, capability: str, fault: str) -> None:
        """An adapter raised what no adapter may raise: a bug, named by the exception's type."""

    def contract_changed(self, provider: str, capability: str) -> None:
        """A reply could not be read: somebody must look at the adapter."""
