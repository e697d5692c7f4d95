"""The keys under which PostgreSQL keeps what is said of people.

Each subject has a key of its own, kept wrapped by the current key of the installation's ring. So
replacing a key of the ring costs one small row for each subject; and once a subject's key is
deleted, whatever it sealed is noise, in a backup of the values too. What belongs to no one subject
(a webhook, a batch's item, a kept reply) is sealed by the ring itself.
"""

import hmac
import os
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import KeyMissing
from roleferry_enrich.gateway.sealing import VERSION, KeyRing, derived, key_name

_OPTION = "roleferry_at_rest"
_VERSION = b"\x03"
_NONCE = 12  # random: one subject has some hundred values, 2**32 would be safe
_KEY = 32
_BLIND = 16


class Key(Protocol):
    def seal(self, name: str, plain: bytes) -> bytes: ...
    def open(self, name: str, frame: bytes) -> bytes | None: ...


class SubjectKey:
    """Seals what is said of one subject. Shows neither itself nor what it is wrapped in."""

    def __init__(self, subject_id: UUID, key: bytes) -> None:
        self.subject_id = subject_id
        self.name = str(subject_id)
        self._cipher = AESGCM(key)

    def seal(self, name: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return b"".join((_VERSION, nonce, self._cipher.encrypt(nonce, plain, name.encode())))

    def open(self, name: str, frame: bytes) -> bytes | None:
        """What was sealed under this name, or None for anything else."""
        if not frame.startswith(_VERSION):
            return None
        nonce, sealed = frame[1 : 1 + _NONCE], frame[1 + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, sealed, name.encode())
        except (InvalidTag, ValueError):  # ValueError: cut off
            return None


class AtRest:
    """The ring, and what is made of it and of the secret."""

    def __init__(self, ring: KeyRing, secret: bytes) -> None:
        self._ring = ring
        self._blinding = derived(secret, "blind index")

    @property
    def current(self) -> str:
        return self._ring.current

    @property
    def head(self) -> bytes:
        """How everything begins that the ring seals now."""
        return VERSION + bytes.fromhex(self._ring.current)

    def seal(self, name: str, plain: bytes) -> bytes:
        """For what belongs to no one subject."""
        return self._ring.seal(name, plain)

    def open(self, name: str, frame: bytes) -> bytes | None:
        """Raises KeyMissing where a key that the ring had before sealed it."""
        plain = self._ring.open(name, frame)
        if plain is None and not self._ring.opens(frame):
            raise KeyMissing(key_name(frame))
        return plain

    def new_key(self, account_id: UUID, subject_id: UUID) -> tuple[SubjectKey, bytes]:
        """A key for a subject that has none, and what is stored of it."""
        key = os.urandom(_KEY)
        return SubjectKey(subject_id, key), self._ring.seal(_name(account_id, subject_id), key)

    def unwrapped(self, account_id: UUID, subject_id: UUID, wrapped: bytes) -> SubjectKey | None:
        """None for what was wrapped for another subject. Raises KeyMissing."""
        key = self.open(_name(account_id, subject_id), wrapped)
        return None if key is None else SubjectKey(subject_id, key)

    def rewrapped(self, account_id: UUID, subject_id: UUID, wrapped: bytes) -> bytes | None:
        """The same key under the ring's current one. Raises KeyMissing."""
        name = _name(account_id, subject_id)
        key = self.open(name, wrapped)
        return None if key is None else self._ring.seal(name, key)

    def blind(self, kind: str, value: str) -> str:
        """By what a value is found again: the same for the same value, and nothing to guess by.

        Of the secret and not of the ring: it cannot be made anew where only it is kept.
        """
        said = f"{kind}\n{value}".encode()
        return hmac.digest(self._blinding, said, "sha256")[:_BLIND].hex()


def open_at_rest(settings: Settings) -> AtRest:
    secret = pepper(settings)
    # The secret comes last, so that to set keys of one's own makes nothing unreadable. Before this
    # ring webhooks were sealed by the cache's, and the secrets that sign ours by one of their own.
    signing = KeyRing([derived(secret, "webhook secrets")])
    former = KeyRing([*_each(settings.cache_key_ring), secret], former=signing)
    ring = KeyRing([*_each(settings.sealing_key_ring), secret], purpose="at rest", former=former)
    return AtRest(ring, secret)


def keep(engine: AsyncEngine, at_rest: AtRest) -> None:
    """Have every connection of an engine know the keys to what it reads and writes."""
    engine.update_execution_options(**{_OPTION: at_rest})


def at_rest_of(opened: AsyncConnection | AsyncEngine) -> AtRest:
    engine = opened if isinstance(opened, AsyncEngine) else opened.engine
    found = engine.get_execution_options().get(_OPTION)
    if not isinstance(found, AtRest):
        raise TypeError("this engine was opened without the keys to what is sealed")
    return found


def _each(keys: Sequence[SecretStr]) -> Sequence[bytes]:
    return [key.get_secret_value().encode() for key in keys]


def _name(account_id: UUID, subject_id: UUID) -> str:
    return f"subject key {account_id} {subject_id}"
