"""What the gateway tells whoever watches it: metrics, traces and alerts, behind one protocol."""

from contextlib import AbstractContextManager
from typing import Protocol

from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord
from roleferry_enrich.gateway.breaker import State


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

    def adapter_failed(self, provider: str, capability: str, fault: str) -> None:
        """An adapter raised what no adapter may raise: a bug, named by the exception's type."""

    def contract_changed(self, provider: str, capability: str) -> None:
        """A reply could not be read: somebody must look at the adapter."""
