"""Encrypts what is kept outside the process, and refuses whatever was not sealed here.

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
_KEY_END = len(VERSION) + _KEY_ID
_NONCE = 12  # random: safe for 2**32 values under one key (NIST SP 800-38D, 8.3)
HEAD = _KEY_END + _NONCE
"""How many bytes of a frame, in clear, tell it from every other frame."""


def derived(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose; tells nothing of the secret or of the keys for other purposes."""
    info = f"roleferry {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


class KeyRing:
    """Keys made from secrets. Shows none of them."""

    def __init__(
        self, secrets: Sequence[bytes], *, purpose: str = "cache", former: "KeyRing | None" = None
    ) -> None:
        """Opens too what `former` opens, which may have been for another purpose."""
        keys = [
            (
                derived(secret, f"{purpose} key identity", _KEY_ID),
                AESGCM(derived(secret, f"{purpose} sealing")),
            )
            for secret in secrets
        ]
        self._id, self._sealing = keys[0]
        # The first wins, should two identities ever be the same.
        self._keys: dict[bytes, AESGCM] = dict(reversed(keys))
        if former is not None:
            self._keys = former._keys | self._keys  # noqa: SLF001 - of its own kind

    @property
    def current(self) -> str:
        """The name of the key that seals; tells nothing of the key."""
        return self._id.hex()

    def opens(self, frame: bytes) -> bool:
        """Whether the key that sealed it is of this ring."""
        return frame.startswith(VERSION) and frame[len(VERSION) : _KEY_END] in self._keys

    def seal(self, name: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._sealing.encrypt(nonce, plain, _bound_to(name))
        return b"".join((VERSION, self._id, nonce, sealed))

    def open(self, name: str, frame: bytes) -> bytes | None:
        """What was sealed under this name, or None for anything else."""
        if not frame.startswith(VERSION):
            return None
        key = self._keys.get(frame[len(VERSION) : _KEY_END])
        if key is None:
            return None
        try:
            return key.decrypt(frame[_KEY_END:HEAD], frame[HEAD:], _bound_to(name))
        except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
            return None


def key_name(frame: bytes) -> str:
    """Of the key that sealed a frame, as `KeyRing.current` has it."""
    return frame[len(VERSION) : _KEY_END].hex()


def _bound_to(name: str) -> bytes:
    return VERSION + name.encode()
