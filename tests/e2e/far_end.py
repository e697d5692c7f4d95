"""The controls of a running sandbox: what goes wrong, what it was asked, who lives in it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

_PATIENCE_S = 60
"""On a busy machine an answer of the sandbox, too, may take seconds."""


@dataclass(frozen=True)
class FarEnd:
    url: str
    client: httpx.Client = field(repr=False)

    def plan(self, provider: str, fault: str, *, calls: int | None = None, **more: float) -> None:
        """So it goes for that many calls, or until cleared."""
        wish = {"provider": provider, "fault": fault, "for": calls, **more}
        answer = self.client.post("/_faults", json=wish)
        assert answer.status_code == 201, answer.text

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self.client.delete("/_faults").raise_for_status()

    def forget(self) -> None:
        """As if nobody had asked it anything."""
        self.client.delete("/_ledger").raise_for_status()

    def ledger(self) -> dict[str, dict[str, Any]]:
        """Of each provider that was asked."""
        answer = self.client.get("/_ledger").raise_for_status()
        providers: dict[str, dict[str, Any]] = answer.json()["providers"]
        return providers

    def calls(self, provider: str) -> int:
        return int(self.ledger().get(provider, {"calls": 0})["calls"])

    def all_calls(self) -> int:
        return sum(account["calls"] for account in self.ledger().values())

    def paths(self, provider: str) -> Counter[str]:
        """How often each was called."""
        return Counter(self.ledger().get(provider, {}).get("paths", {}))

    def truth(self, path: str = "", **params: object) -> list[dict[str, Any]]:
        answer = self.client.get(f"/_truth{path}", params=params).raise_for_status()
        companies: list[dict[str, Any]] = answer.json()["companies"]
        return companies


@contextmanager
def far_end(url: str) -> Iterator[FarEnd]:
    with httpx.Client(base_url=url, timeout=_PATIENCE_S, trust_env=False) as client:
        yield FarEnd(url, client)
