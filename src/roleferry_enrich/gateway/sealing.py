"""Encrypts what the cache keeps outside the process, and refuses whatever it did not seal.

A frame is bound to the name it is stored under: a value that somebody copied to another key does
not open there. The first key of the ring seals, every key opens, so that keys can be replaced
without losing answers that were paid for.
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x02"
_KEY_ID = 4
_NONCE = 12  # random: safe for 2**32 values under one key (NIST SP 800-38D, 8.3)
HEAD = len(VERSION) + _KEY_ID + _NONCE
"""How many bytes of a frame, in clear, tell it from every other frame."""


def derived(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose; tells nothing of the secret or of the keys for other purposes."""
    info = f"roleferry {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


class KeyRing:
    """Keys made from secrets. Shows none of them."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        keys = [(_key_id(secret), AESGCM(derived(secret, "cache sealing"))) for secret in secrets]
        self._id, self._sealing = keys[0]
        # The first wins, should two identities ever be the same.
        self._keys = dict(reversed(keys))

    def seal(self, name: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._sealing.encrypt(nonce, plain, _bound_to(name))
        return b"".join((VERSION, self._id, nonce, sealed))

    def open(self, name: str, frame: bytes) -> bytes | None:
        """What was sealed under this name, or None for anything else."""
        if not frame.startswith(VERSION):
            return None
        start = len(VERSION)
        key = self._keys.get(frame[start : start + _KEY_ID])
        if key is None:
            return None
        try:
            return key.decrypt(frame[start + _KEY_ID : HEAD], frame[HEAD:], _bound_to(name))
        except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
            return None


def _key_id(secret: bytes) -> bytes:
    return derived(secret, "cache key identity", _KEY_ID)


def _bound_to(name: str) -> bytes:
    return VERSION + name.encode()
