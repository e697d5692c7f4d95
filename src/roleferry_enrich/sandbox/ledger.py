"""What each provider was asked, by whom and for how much: the other side of our own accounts."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

_KEY_HEADERS = ("authorization", "x-api-key", "api_key", "api-key", "clay-api-key")
_KEY_PARAMETERS = ("api_key", "key", "access_token")


@dataclass(slots=True)
class Entry:
    calls: int = 0
    faults: int = 0
    micro_usd: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)
    """Of POSTs alone, whose paths name what is done and to nobody."""

    def answered(self, status: int, price: int) -> None:
        self.statuses[str(status)] += 1
        self.micro_usd += price if status == 200 else 0

    def summary(self) -> dict[str, object]:
        return {
            "calls": self.calls,
            "faults": self.faults,
            "micro_usd": self.micro_usd,
            "statuses": dict(self.statuses),
            "paths": dict(self.paths),
        }


class Ledger:
    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Entry]] = {}
        """By provider and fingerprint of the key."""

    def called(self, provider: str, key: str) -> Entry:
        entry = self.entries.setdefault(provider, {}).setdefault(key, Entry())
        entry.calls += 1
        return entry

    def total(self, provider: str) -> Entry:
        total = Entry()
        for entry in self.entries.get(provider, {}).values():
            total.calls += entry.calls
            total.faults += entry.faults
            total.micro_usd += entry.micro_usd
            total.statuses += entry.statuses
            total.paths += entry.paths
        return total


def fingerprint(request: Request, body: bytes = b"") -> str:
    """Tells keys apart without showing them: somebody may point a real key at the sandbox."""
    headers = (request.headers.get(name) for name in _KEY_HEADERS)
    parameters = (request.query_params.get(name) for name in _KEY_PARAMETERS)
    key = next((key for key in (*headers, *parameters, _key_in(body)) if key), None)
    return hashlib.sha256(key.encode()).hexdigest()[:12] if key else "no-key"


def _key_in(body: bytes) -> str | None:
    """The key in a JSON object or a form."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = dict(parse_qsl(body.decode("utf-8", "replace")))
    key = document.get("key") if isinstance(document, dict) else None
    return key if isinstance(key, str) else None
