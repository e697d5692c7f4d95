"""Keeps what arrived unreadable at rest: bodies name people, and are kept for weeks.

Sealed as the cache's answers are, each bound to the event it belongs to; what tells two bodies
apart is a digest under a key, which nobody can try addresses against.
"""

import hmac
from collections.abc import Sequence

import orjson

from roleferry_enrich.gateway.sealing import KeyRing, derived
from roleferry_enrich.secret_key import pepper
from roleferry_enrich.settings import Settings


class Vault:
    def __init__(self, ring: KeyRing, secret: bytes) -> None:
        self._ring = ring
        self._digest_key = derived(secret, "webhook digests")

    def seal(self, provider: str, event_id: str, document: object) -> bytes:
        return self._ring.seal(_name(provider, event_id), orjson.dumps(document))

    def open(self, provider: str, event_id: str, sealed: bytes) -> object:
        """Raises ValueError where it was sealed by a key that is no more, or for another event."""
        plain = self._ring.open(_name(provider, event_id), sealed)
        if plain is None:
            raise ValueError("no key opens this")
        return orjson.loads(plain)

    def digest(self, document: object) -> bytes:
        """The same for the same content, whatever the order of its members."""
        written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
        return hmac.digest(self._digest_key, written, "sha256")


def open_vault(settings: Settings) -> Vault:
    secret = pepper(settings)
    given: Sequence[bytes] = [key.get_secret_value().encode() for key in settings.cache_key_ring]
    return Vault(KeyRing([*given, secret]), secret)


def _name(provider: str, event_id: str) -> str:
    return f"webhook {provider} {event_id}"
