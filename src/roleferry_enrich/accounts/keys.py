"""API keys as text: made, read and compared. Pure but for the randomness it is handed.

    rfe_live_<24 characters of id>_<43 of secret><6 of checksum>

The prefix and the checksum let a scanner of leaked secrets tell our keys from chance.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 24
# 62**43 is just above 2**256.
_SECRET_LENGTH = 43
_CHECKSUM_LENGTH = 6
_TOKEN = re.compile(
    rf"rfe_(?P<mode>live|test)_(?P<id>[0-9A-Za-z]{{{_ID_LENGTH}}})"
    rf"_(?P<secret>[0-9A-Za-z]{{{_SECRET_LENGTH}}})(?P<checksum>[0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)
_TOKEN_LENGTH = len("rfe_live_") + _ID_LENGTH + 1 + _SECRET_LENGTH + _CHECKSUM_LENGTH


class Mode(StrEnum):
    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Key:
    mode: Mode
    id: str
    secret: str = field(repr=False)

    def token(self) -> str:
        """The key as its owner writes it."""
        body = f"rfe_{self.mode}_{self.id}_{self.secret}"
        return body + _checksum(body)


def mint(mode: Mode, *, choose: Callable[[str], str] = secrets.choice) -> Key:
    def text(length: int) -> str:
        return "".join(choose(_ALPHABET) for _ in range(length))

    return Key(mode, text(_ID_LENGTH), text(_SECRET_LENGTH))


def parse(token: str) -> Key | None:
    """The key this text is; None where it is none, or mistyped."""
    # Compared first, so that ten megabytes cost nothing.
    if len(token) != _TOKEN_LENGTH or not (found := _TOKEN.fullmatch(token)):
        return None
    if _checksum(token[:-_CHECKSUM_LENGTH]) != found["checksum"]:
        return None
    return Key(Mode(found["mode"]), found["id"], found["secret"])


def digest(key: Key, pepper: bytes) -> bytes:
    """What is stored of the secret. It has 256 random bits: a slow hash would add nothing."""
    return hmac.digest(pepper, key.secret.encode(), hashlib.sha256)


def sealed(token: str, pepper: bytes) -> bytes:
    """Of whatever text was offered as a key: to know it again without keeping it."""
    return hmac.digest(pepper, token.encode(), hashlib.sha256)


def same(one: bytes, other: bytes) -> bool:
    """Compared in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)


def _checksum(body: str) -> str:
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
