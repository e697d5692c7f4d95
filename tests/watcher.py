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
        self.quarantines_ended: list[str] = []
        self.seen_off: dict[str, bool] = {}
        self.refused_keys: list[tuple[str, int, int]] = []
        self.served_keys: list[tuple[str, int, int]] = []
        self.quotas: dict[str, float] = {}
        self.changed: list[tuple[str, str]] = []
        self.local_permits = 0
        self.rebuilt: list[str] = []
        self.rates: list[float] = []
        self.refused_retries = 0
        self.purchases: list[str] = []
        self.losses: list[tuple[str, str, int]] = []

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

    def quarantine_ended(self, provider: str) -> None:
        self.quarantines_ended.append(provider)

    def quarantine_seen(self, provider: str, *, is_off: bool) -> None:
        self.seen_off[provider] = is_off

    def key_refused(self, provider: str, position: int, of: int) -> None:
        self.refused_keys.append((provider, position, of))

    def key_served(self, provider: str, position: int, of: int) -> None:
        self.served_keys.append((provider, position, of))

    def quota_told(self, provider: str, remaining: float) -> None:
        self.quotas[provider] = remaining

    def permits_kept_locally(self, provider: str, count: int) -> None:
        self.local_permits += count

    def limit_rebuilt(self, provider: str) -> None:
        self.rebuilt.append(provider)

    def rate_lowered(self, provider: str, rate: float) -> None:
        self.rates.append(rate)

    def retry_refused(self, provider: str) -> None:
        self.refused_retries += 1

    def bought(self, provider: str, how: str) -> None:
        self.purchases.append(how)

    def lost(self, provider: str, capability: str, cost: int) -> None:
        self.losses.append((provider, capability, cost))

    def contract_changed(self, provider: str, capability: str) -> None:
        self.changed.append((provider, capability))
