"""What arrived at an endpoint, and what every scheme asks of it: recent, and signed by a key.

A signature is compared as it was written, not as what it decodes to: a spelling that means the
same (capitals in hex, idle bits in base64) was not written by the sender. All keys are tried, in
a time that tells neither which one fitted nor where one differed.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Protocol

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import WebhookRefused

_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One request, as it came."""

    body: bytes
    headers: Mapping[str, str]
    """By names in small letters."""
    arrived_at: float
    """Unix seconds."""
    token: str | None = None
    """What stands behind the provider's name in the path."""

    def header(self, name: str) -> str:
        """Raises WebhookRefused where it is missing or empty."""
        value = self.headers.get(name.lower(), "")
        if not value:
            raise WebhookRefused("missing")
        return value


class Verifier(Protocol):
    """One provider's scheme with the keys in force."""

    def verify(self, delivery: Delivery) -> str | None:
        """Raises WebhookRefused; returns what the sender may use for one body only, if any."""
        ...


def require_fresh(seconds: str, delivery: Delivery, tolerance: timedelta) -> None:
    """Raises WebhookRefused for a time too long ago, too far ahead, or not in whole seconds."""
    if not _UNIX_SECONDS.fullmatch(seconds):
        raise WebhookRefused("unreadable")
    if abs(delivery.arrived_at - int(seconds)) > tolerance.total_seconds():
        raise WebhookRefused("stale")


def require_one_of(expected: Iterable[str], given: Iterable[str]) -> None:
    """Raises WebhookRefused unless one of those given is one of those expected."""
    offered = [text.encode("utf-8", "replace") for text in given]
    fits = [hmac.compare_digest(key.encode(), one) for key in expected for one in offered]
    if not any(fits):
        raise WebhookRefused("signature")
