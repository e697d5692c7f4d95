"""Every scheme with a signed delivery of its own, for tests that hold for all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson
from tests.webhooks import signers
from tests.webhooks.signers import NOW, TOLERANCE, delivery

from roleferry_enrich.webhooks.signatures.body_only import clay_signature, clearbit_signature
from roleferry_enrich.webhooks.signatures.delivery import Delivery, Verifier
from roleferry_enrich.webhooks.signatures.explorium import ExploriumSignature, decoded_secret
from roleferry_enrich.webhooks.signatures.generic import GenericSignature
from roleferry_enrich.webhooks.signatures.mailgun import MailgunSignature
from roleferry_enrich.webhooks.signatures.path_token import PathToken
from roleferry_enrich.webhooks.signatures.sendgrid import SendGridSignature, public_key
from roleferry_enrich.webhooks.signatures.stripe import StripeSignature

SENDGRID = signers.SendGridSigner()
SENDGRID_NEW = signers.SendGridSigner()
OLD, NEW = "test-secret-that-goes", "test-secret-that-comes"
OLD_64, NEW_64 = "dGVzdC1zZWNyZXQtb2xk", "dGVzdC1zZWNyZXQtbmV3"
BODY = orjson.dumps([{"event": "bounce", "email": "maren@quillmere.test"}]) + b"\r\n"
EVENT = {"id": "ev-1", "event": "failed", "recipient": "maren@quillmere.test"}


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one provider signs, and who checks it, both with an old and a new key."""

    name: str
    verifier: Verifier
    sign: Callable[[str, int | str], Delivery]
    """By the name of a key ("old", "new", "other") and a time."""
    headers: tuple[str, ...] = ()
    """That the signature is made of."""
    signs_body: bool = True
    signs_time: bool = True


def _secret(key: str) -> str:
    return {"old": OLD, "new": NEW}.get(key, "test-secret-of-nobody")


def _sendgrid(key: str, at: int | str) -> Delivery:
    signer = {"old": SENDGRID, "new": SENDGRID_NEW}.get(key) or signers.SendGridSigner()
    return delivery(BODY, signer.headers(BODY, at))


def _explorium(key: str, at: int | str) -> Delivery:
    secret = {"old": OLD_64, "new": NEW_64}.get(key, "bm9ib2R5")
    return delivery(BODY, signers.explorium_headers(BODY, secret, at))


def _generic(key: str, at: int | str) -> Delivery:
    made = signers.stripe_headers(BODY, _secret(key), at=at)["Stripe-Signature"]
    digest = made.rpartition("=")[2]
    return delivery(BODY, {"X-Acme-Signature": f"v2={digest}", "X-Acme-Time": str(at)})


_KEYS = (OLD.encode(), NEW.encode())
SCHEMES = (
    Scheme(
        "sendgrid",
        SendGridSignature(
            (public_key(SENDGRID.public_key), public_key(SENDGRID_NEW.public_key)), TOLERANCE
        ),
        _sendgrid,
        (
            "x-twilio-email-event-webhook-signature",
            "x-twilio-email-event-webhook-timestamp",
        ),
    ),
    Scheme(
        "mailgun",
        MailgunSignature(_KEYS, TOLERANCE),
        lambda key, at: delivery(signers.mailgun_body(EVENT, _secret(key), at=at)),
        signs_body=False,
    ),
    Scheme(
        "stripe",
        StripeSignature(_KEYS, TOLERANCE),
        lambda key, at: delivery(BODY, signers.stripe_headers(BODY, _secret(key), at=at)),
        ("stripe-signature",),
    ),
    Scheme(
        "explorium",
        ExploriumSignature((decoded_secret(OLD_64), decoded_secret(NEW_64)), TOLERANCE),
        _explorium,
        ("x-signature", "x-timestamp"),
    ),
    Scheme(
        "clearbit",
        clearbit_signature((f"sk_{OLD}", NEW)),
        lambda key, _at: delivery(BODY, signers.clearbit_headers(BODY, _secret(key))),
        ("x-request-signature",),
        signs_time=False,
    ),
    Scheme(
        "clay",
        clay_signature((OLD, NEW)),
        lambda key, _at: delivery(BODY, signers.clay_headers(BODY, _secret(key))),
        ("x-clay-signature",),
        signs_time=False,
    ),
    Scheme(
        "apollo",
        PathToken((OLD, NEW)),
        lambda key, _at: delivery(BODY, token=_secret(key)),
        signs_body=False,
        signs_time=False,
    ),
    Scheme(
        "generic",
        GenericSignature(
            keys=_KEYS,
            header="X-Acme-Signature",
            prefix="v2=",
            algorithm="sha256",
            encoding="hex",
            timestamp_header="X-Acme-Time",
            tolerance=TOLERANCE,
        ),
        _generic,
        ("x-acme-signature", "x-acme-time"),
    ),
)


def flips(scheme: Scheme, signed: Delivery) -> Iterator[Delivery]:
    """Each delivery that differs from a signed one in one bit of what the signature covers."""
    if scheme.signs_body:
        yield from (replace(signed, body=body) for body in flipped(signed.body))
    elif scheme.name == "mailgun":
        yield from (replace(signed, body=body) for body in _flipped_values(signed.body))
    if signed.token is not None:
        for token in flipped(signed.token.encode()):
            yield replace(signed, token=token.decode("latin-1"))
    for name in scheme.headers:
        for value in flipped(signed.headers[name].encode()):
            yield replace(signed, headers={**signed.headers, name: value.decode("latin-1")})


def flipped(data: bytes) -> Iterator[bytes]:
    for position in range(len(data)):
        for bit in range(8):
            changed = data[position] ^ (1 << bit)
            yield data[:position] + bytes([changed]) + data[position + 1 :]


def _flipped_values(body: bytes) -> Iterator[bytes]:
    """Of Mailgun's block: the rest of its body is not signed."""
    block = orjson.loads(body)["signature"]
    for value in block.values():
        start = body.index(value.encode())
        for changed in flipped(value.encode()):
            yield body[:start] + changed + body[start + len(value) :]


def away(seconds: float) -> int:
    return NOW + int(timedelta(seconds=seconds).total_seconds())
