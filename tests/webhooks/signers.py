"""The senders' side: deliveries as each provider signs them, for tests."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from roleferry_enrich.webhooks.signatures.delivery import Delivery

NOW = 1_790_000_000
TOLERANCE = timedelta(seconds=300)
JSON = MappingProxyType({"content-type": "application/json"})


def delivery(
    body: bytes, headers: Mapping[str, str] = MappingProxyType({}), **more: object
) -> Delivery:
    named = {name.lower(): value for name, value in {**JSON, **headers}.items()}
    return Delivery(**{"body": body, "headers": named, "arrived_at": float(NOW), **more})


class SendGridSigner:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(spki).decode()

    def headers(self, body: bytes, at: int | str = NOW) -> dict[str, str]:
        signature = self._key.sign(str(at).encode() + body, ec.ECDSA(SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(at),
        }


def mailgun_body(
    event: object, secret: str, *, at: int | str = NOW, token: str = "t" * 50
) -> bytes:
    digest = hmac.new(secret.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    block = {"timestamp": str(at), "token": token, "signature": digest}
    return orjson.dumps({"signature": block, "event-data": event})


def stripe_headers(body: bytes, *secrets: str, at: int | str = NOW) -> dict[str, str]:
    signed = f"{at}.".encode() + body
    digests = [hmac.new(one.encode(), signed, hashlib.sha256).hexdigest() for one in secrets]
    return {"Stripe-Signature": ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])}


def explorium_headers(body: bytes, secret: str, at: int | str = NOW) -> dict[str, str]:
    key = base64.urlsafe_b64decode(secret)
    digest = hmac.new(key, f"{at}.".encode() + body, hashlib.sha256).digest()
    return {"X-Timestamp": str(at), "X-Signature": base64.urlsafe_b64encode(digest).decode()}


def clearbit_headers(body: bytes, key: str) -> dict[str, str]:
    bare = key.removeprefix("sk_").removeprefix("pk_")
    digest = hmac.new(bare.encode(), body, hashlib.sha1).hexdigest()
    return {"X-Request-Signature": f"sha1={digest}"}


def clay_headers(body: bytes, secret: str) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Clay-Signature": f"sha256={digest}"}
