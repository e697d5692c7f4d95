"""SendGrid's Event Webhook: ECDSA over the time and the raw body, by a key that only it holds.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
The body ends in CR LF, which is signed like the rest of it.
"""

import base64
import binascii
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import WebhookRefused
from roleferry_enrich.webhooks.signatures.delivery import Delivery, require_fresh

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
_ECDSA = ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class SendGridSignature:
    keys: tuple[EllipticCurvePublicKey, ...]
    tolerance: timedelta

    def verify(self, delivery: Delivery) -> None:
        signature = _decoded(delivery.header(_SIGNATURE))
        timestamp = delivery.header(_TIMESTAMP)
        require_fresh(timestamp, delivery, self.tolerance)
        signed = timestamp.encode() + delivery.body
        if not any(_fits(key, signature, signed) for key in self.keys):
            raise WebhookRefused("signature")


def public_key(text: str) -> EllipticCurvePublicKey:
    """The verification key as SendGrid shows it. Raises ValueError for anything else."""
    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("expected a key on the curve P-256")  # noqa: TRY004 - a setting's text
    return key


def _decoded(text: str) -> bytes:
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # ValueError: beyond ASCII
        raise WebhookRefused("unreadable") from None
    if base64.b64encode(signature).decode() != text:
        raise WebhookRefused("unreadable")
    return signature


def _fits(key: EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, _ECDSA)
    except InvalidSignature:
        return False
    return True
