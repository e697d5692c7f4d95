"""How California's deletion platform (DROP) standardises and hashes identifiers. Pure.

As documented for data brokers, version 1.2.0 of July 2026, privacy.ca.gov/drop-for-data-brokers
("Working with the data"): standardise, SHA-256 of the UTF-8 bytes, Base64. Not our own normal
forms: their tags and dots count.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

_SPACE = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"[^0-9]+")
_PHONE_DIGITS = 10


def email_hash(address: str) -> str:
    return _hashed(_SPACE.sub("", address).lower())


def phone_hash(number: str) -> str:
    """Of the last ten digits: numbers of other countries may meet, which is theirs to accept."""
    return _hashed(_NO_DIGIT.sub("", number)[-_PHONE_DIGITS:])


def listed_kind(kind: str) -> str:
    """What the digest of such a hash is called in the suppression list."""
    return f"drop_{kind}"


HASHES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"email": email_hash, "phone": phone_hash}
)
"""By the kind of a normal form."""


def _hashed(standardised: str) -> str:
    return base64.b64encode(hashlib.sha256(standardised.encode()).digest()).decode()
