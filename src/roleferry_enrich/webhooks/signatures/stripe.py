"""Stripe signs the time and the raw body; while a secret is rolled it signs with both.

https://docs.stripe.com/webhooks/signature
"""

import hmac
from datetime import timedelta

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import WebhookRefused
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_fresh, require_one_of

_MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True)
class StripeSignature:
    keys: tuple[bytes, ...]
    """The endpoint's secrets as they are written, `whsec_` included."""
    tolerance: timedelta

    def verify(self, delivery: Delivery) -> None:
        pairs = [part.partition("=") for part in delivery.header("Stripe-Signature").split(",")]
        times = [value for scheme, _, value in pairs if scheme == "t"]
        # Other schemes (v0) are for tests of Stripe's own and prove nothing.
        given = [value for scheme, _, value in pairs if scheme == "v1"]
        if len(times) != 1 or not 0 < len(given) <= _MOST_SIGNATURES:
            raise WebhookRefused("unreadable")
        require_fresh(times[0], delivery, self.tolerance)
        signed = times[0].encode() + b"." + delivery.body
        require_one_of((hmac.digest(key, signed, "sha256").hex() for key in self.keys), given)
