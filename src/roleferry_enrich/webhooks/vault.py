"""Keeps what arrived unreadable at rest: bodies name people, and are kept for weeks.

Sealed as all is that no one subject has a key to, each bound to the event it belongs to; what
tells two bodies apart is a digest under a key, which nobody can try addresses against.
"""

import hmac

import orjson

from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import KeyMissing
from roleferry_enrich.gateway.sealing import derived
from roleferry_enrich.storage.at_rest import Key, open_at_rest
from roleferry_enrich.storage.bound_names import event_name


class Vault:
    def __init__(self, ring: Key, secret: bytes) -> None:
        self._ring = ring
        self._digest_key = derived(secret, "webhook digests")

    def seal(self, provider: str, event_id: str, document: object) -> bytes:
        return self._ring.seal(event_name(provider, event_id), orjson.dumps(document))

    def open(self, provider: str, event_id: str, sealed: bytes) -> object:
        """Raises ValueError where it was sealed by a key that is no more, or for another event."""
        try:
            plain = self._ring.open(event_name(provider, event_id), sealed)
        except KeyMissing as error:
            raise ValueError(error.detail) from error
        if plain is None:
            raise ValueError("no key opens this")
        return orjson.loads(plain)

    def digest(self, document: object) -> bytes:
        """The same for the same content, whatever the order of its members."""
        written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
        return hmac.digest(self._digest_key, written, "sha256")


def open_vault(settings: Settings) -> Vault:
    return Vault(open_at_rest(settings), pepper(settings))
