"""Secrets and signatures of outgoing webhooks, as Standard Webhooks 1.0.0 has them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from roleferry_enrich.errors import Fault, InvalidQuery, KeyMissing
from roleferry_enrich.storage.at_rest import Key
from roleferry_enrich.storage.bound_names import secret_name

_PREFIX = "whsec_"
_SHORTEST, _LONGEST, _MINTED = 24, 64, 32


def mint() -> bytes:
    return os.urandom(_MINTED)


def shown(secret: bytes) -> str:
    return _PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """The secret that somebody writes like this. Raises InvalidQuery, without the text."""
    encoded = text.removeprefix(_PREFIX)
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        raise _refused() from None
    if encoded == text or not _SHORTEST <= len(secret) <= _LONGEST:
        raise _refused()
    return secret


def _refused() -> InvalidQuery:
    message = f"must be {_PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64"
    return InvalidQuery("see `errors`", faults=(Fault("secret", "unreadable", message),))


def message_id(event_id: UUID) -> str:
    """The same for each attempt and each endpoint: by it receivers drop what they have."""
    return f"evt_{event_id.hex}"


def signed(
    event_id: UUID, sent_at: datetime, body: bytes, secrets: Sequence[bytes]
) -> Mapping[str, str]:
    """The three headers, with a signature by each secret, the newest first."""
    name, seconds = message_id(event_id), int(sent_at.timestamp())
    content = f"{name}.{seconds}.".encode() + body
    signatures = (hmac.digest(secret, content, hashlib.sha256) for secret in secrets)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
    }


class Vault:
    """Seals secrets for the database, each for its own endpoint."""

    def __init__(self, ring: Key) -> None:
        self._ring = ring

    def seal(self, account_id: UUID, endpoint_id: UUID, secret: bytes) -> bytes:
        return self._ring.seal(secret_name(account_id, endpoint_id), secret)

    def open(self, account_id: UUID, endpoint_id: UUID, sealed: bytes) -> bytes | None:
        """None where it was sealed with a key that is no more, or for another endpoint."""
        try:
            return self._ring.open(secret_name(account_id, endpoint_id), sealed)
        except KeyMissing:
            return None
