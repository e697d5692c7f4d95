"""Notes what the gateway tells whoever watches it."""

from collections.abc import Iterator
from contextlib import contextmanager

from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord
from roleferry_enrich.gateway.breaker import State


class Watcher:
    def __init__(self) -> None:
        self.records: list[CallRecord] = []
        self.lookups: list[CacheLevel | None] = []
        self.stale: list[str] = []
        self.spoilt: list[str] = []
        self.quarantines: list[tuple[str, str]] = []
        self.changed: list[tuple[str, str]] = []

    @contextmanager
    def calling(self, provider: str, capability: str, attempt: int) -> Iterator["Watcher"]:
        yield self

    def ended(self, record: CallRecord) -> None:
        self.records.append(record)

    def cache_looked(self, provider: str, level: CacheLevel | None) -> None:
        self.lookups.append(level)

    def cache_stale(self, provider: str) -> None:
        self.stale.append(provider)

    def cache_spoilt(self, provider: str) -> None:
        self.spoilt.append(provider)

    def breaker_seen(self, provider: str, state: State) -> None: ...

    def quarantined(self, provider: str, reason: str) -> None:
        self.quarantines.append((provider, reason))

    def adapter_failed(self, provider: str, capability: str, fault: str) -> None:
        self.changed.append((provider, fault))

    def contract_changed(self, provider: str, capability: str) -> None:
        self.changed.append((provider, capability))
