"""Schemes that sign the raw body and no time: a copy stays good, so that ids alone tell repeats.

Clearbit: https://github.com/clearbit/clearbit-ruby (lib/clearbit/webhook.rb), which keys the
digest with the API key less its prefix. Clay: https://developers.clay.com/public-api/webhooks.
"""

import hmac
from typing import Literal

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_one_of

_KEY_KINDS = ("sk_", "pk_")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySignature:
    """`algorithm=<hex>` in one header."""

    keys: tuple[bytes, ...]
    header: str
    algorithm: Literal["sha1", "sha256"]

    def verify(self, delivery: Delivery) -> None:
        given = delivery.header(self.header)
        digests = (hmac.digest(key, delivery.body, self.algorithm).hex() for key in self.keys)
        require_one_of((f"{self.algorithm}={digest}" for digest in digests), (given,))


def clearbit_signature(keys: tuple[str, ...]) -> BodySignature:
    bare = tuple(_without_kind(key).encode() for key in keys)
    return BodySignature(keys=bare, header="X-Request-Signature", algorithm="sha1")


def clay_signature(keys: tuple[str, ...]) -> BodySignature:
    return BodySignature(
        keys=tuple(key.encode() for key in keys), header="X-Clay-Signature", algorithm="sha256"
    )


def _without_kind(key: str) -> str:
    return next((key.removeprefix(kind) for kind in _KEY_KINDS if key.startswith(kind)), key)
