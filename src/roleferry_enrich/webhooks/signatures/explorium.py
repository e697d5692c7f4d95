"""Explorium signs time and raw body, with a secret that it gives in url-safe base64.

https://developers.explorium.ai/reference/webhooks
"""

import base64
import hmac
from datetime import timedelta

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_fresh, require_one_of


@dataclass(frozen=True, slots=True)
class ExploriumSignature:
    keys: tuple[bytes, ...]
    """The secrets, decoded."""
    tolerance: timedelta

    def verify(self, delivery: Delivery) -> None:
        signature, timestamp = delivery.header("X-Signature"), delivery.header("X-Timestamp")
        require_fresh(timestamp, delivery, self.tolerance)
        signed = timestamp.encode() + b"." + delivery.body
        digests = (hmac.digest(key, signed, "sha256") for key in self.keys)
        require_one_of((base64.urlsafe_b64encode(it).decode() for it in digests), (signature,))


def decoded_secret(text: str) -> bytes:
    """Raises ValueError for what is no url-safe base64."""
    if set(text) & {"+", "/"}:
        raise ValueError("expected url-safe base64")
    secret = base64.b64decode(text, altchars=b"-_", validate=True)
    if not secret:
        raise ValueError("expected a secret")
    return secret
