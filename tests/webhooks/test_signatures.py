"""Every scheme: what its provider signs is accepted, and nothing else is.

P17, H56 to H58 and H63.
"""

import base64
from dataclasses import replace

import orjson
import pytest
import sendgrid
import stripe
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.webhooks import signers
from tests.webhooks.schemes import (
    BODY,
    EVENT,
    NEW,
    OLD,
    SCHEMES,
    SENDGRID,
    Scheme,
    away,
    flips,
)
from tests.webhooks.signers import NOW, TOLERANCE, delivery

from roleferry_enrich.errors import MalformedBody, RequestRefused, WebhookRefused
from roleferry_enrich.webhooks.signatures.body_only import clay_signature, clearbit_signature
from roleferry_enrich.webhooks.signatures.explorium import ExploriumSignature, decoded_secret
from roleferry_enrich.webhooks.signatures.mailgun import MailgunSignature
from roleferry_enrich.webhooks.signatures.sendgrid import SendGridSignature, public_key
from roleferry_enrich.webhooks.signatures.stripe import StripeSignature

TIMED = [scheme for scheme in SCHEMES if scheme.signs_time]
BY_HEADER = [scheme for scheme in SCHEMES if scheme.headers]


def name_of(scheme: Scheme) -> str:
    return scheme.name


def accepts(scheme: Scheme, sent) -> bool:
    try:
        scheme.verifier.verify(sent)
    except (WebhookRefused, MalformedBody):
        return False
    return True


@pytest.mark.parametrize("scheme", SCHEMES, ids=name_of)
def test_either_key_is_accepted_while_one_replaces_the_other(scheme):
    assert accepts(scheme, scheme.sign("old", NOW))
    assert accepts(scheme, scheme.sign("new", NOW))


@pytest.mark.parametrize("scheme", SCHEMES, ids=name_of)
def test_a_key_of_nobody_is_refused(scheme):
    assert not accepts(scheme, scheme.sign("other", NOW))


@pytest.mark.parametrize("scheme", SCHEMES, ids=name_of)
def test_what_carries_no_proof_is_refused(scheme):
    assert not accepts(scheme, delivery(BODY))


@pytest.mark.parametrize("scheme", TIMED, ids=name_of)
@pytest.mark.parametrize("seconds", [-361, 361])
def test_a_time_too_far_off_is_refused_either_way(scheme, seconds):
    assert not accepts(scheme, scheme.sign("old", away(seconds)))


@pytest.mark.parametrize("scheme", TIMED, ids=name_of)
@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_time_within_the_tolerance_is_accepted(scheme, seconds):
    assert accepts(scheme, scheme.sign("old", away(seconds)))


@pytest.mark.parametrize("scheme", TIMED, ids=name_of)
@pytest.mark.parametrize(
    "time", ["-1", f"{NOW}.0", f" {NOW}", f"+{NOW}", "1" + "0" * 30, "soon", "1_790_000_000", "٣"]
)
def test_a_signed_time_that_is_no_number_of_seconds_is_refused(scheme, time):
    assert not accepts(scheme, scheme.sign("old", time))


@pytest.mark.parametrize("scheme", BY_HEADER, ids=name_of)
@pytest.mark.parametrize("value", ["", "ü", "\x00", "====", "!!!!", "x" * 1_000_000, "sha256="])
def test_h56_a_signature_that_is_none_is_refused(scheme, value):
    sent = scheme.sign("old", NOW)
    for name in scheme.headers:
        assert not accepts(scheme, replace(sent, headers={**sent.headers, name: value}))


@pytest.mark.parametrize("scheme", BY_HEADER, ids=name_of)
def test_another_spelling_of_a_signature_is_refused(scheme):
    sent = scheme.sign("old", NOW)
    name = scheme.headers[0]
    written = sent.headers[name]
    for other in (written.upper(), written + "=", written + "\n", f" {written}", written[:-1]):
        assert not accepts(scheme, replace(sent, headers={**sent.headers, name: other}))


def test_p17_each_delivery_with_one_bit_flipped_is_refused():
    tried = 0
    for scheme in SCHEMES:
        for key in ("old", "new"):
            for sent in flips(scheme, scheme.sign(key, NOW)):
                assert not accepts(scheme, sent), scheme.name
                tried += 1
    assert tried >= 10_000


# The vector of SendGrid's own library.
_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw"
    "+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
)
_VECTOR = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":'
    b'"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A'
    b'.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@'
    b'ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)
_SIGNATURE = (
    "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtE"
    "ZtM="
)


def sendgrids(body: bytes, signature: str = _SIGNATURE, seconds: str = "1600112502"):
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": seconds,
    }
    return delivery(body, headers, arrived_at=1600112502.0)


def test_sendgrids_own_vector_is_accepted():
    SendGridSignature((public_key(_KEY),), TOLERANCE).verify(sendgrids(_VECTOR))


@pytest.mark.parametrize(
    "sent",
    [
        sendgrids(_VECTOR.rstrip()),
        sendgrids(orjson.dumps(orjson.loads(_VECTOR))),
        sendgrids(_VECTOR, seconds="1600112503"),
        sendgrids(
            _VECTOR,
            "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlx"
            "FDWYNH3j/0=",
        ),
    ],
)
def test_h57_sendgrids_vector_in_any_other_form_is_refused(sent):
    with pytest.raises(WebhookRefused):
        SendGridSignature((public_key(_KEY),), TOLERANCE).verify(sent)


def test_h57_an_hmac_by_the_public_key_is_refused():
    made = signers.stripe_headers(_VECTOR, _KEY, at="1600112502")["Stripe-Signature"]
    with pytest.raises(WebhookRefused):
        SendGridSignature((public_key(_KEY),), TOLERANCE).verify(
            sendgrids(_VECTOR, made.rpartition("=")[2])
        )


def test_sendgrids_library_verifies_what_our_tests_sign():
    library = sendgrid.EventWebhook(SENDGRID.public_key)
    signature, seconds = SENDGRID.headers(BODY).values()

    assert library.verify_signature(BODY.decode(), signature, seconds)


@pytest.mark.parametrize("text", ["", "AAAA", "no key", "ü"])
def test_a_text_that_is_no_key_of_sendgrids_is_named(text):
    with pytest.raises(ValueError, match=r"."):
        public_key(text)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_kind_is_none_of_sendgrids(key):
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(ValueError, match="P-256"):
        public_key(base64.b64encode(spki).decode())


def test_mailguns_vector_is_accepted_with_its_token():
    block = {
        "timestamp": "1529006854",
        "token": "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0",
        "signature": "ea80a3596ce790aa20ccea2a5ba5f2f725e02026d71bc488e9308afc89b5907b",
    }
    sent = delivery(orjson.dumps({"signature": block}), arrived_at=1529006900.0)

    assert MailgunSignature((b"key-test-signing",), TOLERANCE).verify(sent) == block["token"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b'"text"',
        b'{"signature": "x"}',
        b'{"signature": {"timestamp": 1, "token": "t", "signature": "s"}}',
        b'{"signature": {"timestamp": "1", "signature": "s"}}',
        b"[" * 100_000,
    ],
)
def test_a_body_without_mailguns_block_is_refused(body):
    with pytest.raises(RequestRefused):
        MailgunSignature((OLD.encode(),), TOLERANCE).verify(delivery(body))


STRIPE_BODY = (
    b'{\n  "id": "evt_test_webhook",\n  "object": "event",\n  "data": { "object": { "id": '
    b'"rdr_123", "object": "terminal.reader" } }\n}'
)
STRIPE_SIGNATURE = "3bfab77baf5f7b6991a46c9b53b6547d7afc56148b10468fcad9f35c1992ffbd"


def stripes(header: str):
    return delivery(STRIPE_BODY, {"Stripe-Signature": header}, arrived_at=1_700_000_000.0)


@pytest.mark.parametrize(
    "header",
    [
        f"t=1700000000,v1={STRIPE_SIGNATURE}",
        f"t=1700000000,v1={STRIPE_SIGNATURE},v1=bad_signature",
        f"t=1700000000,v1={STRIPE_SIGNATURE},v0=ignored",
        f"v1=bad,v1={STRIPE_SIGNATURE},t=1700000000",
    ],
)
def test_stripes_vector_is_accepted(header):
    StripeSignature((b"whsec_test_secret",), TOLERANCE).verify(stripes(header))


@pytest.mark.parametrize(
    "header",
    [
        "bad_header",
        f"t=1700000000,v0={STRIPE_SIGNATURE}",
        "t=1700000000,v1=bad_signature",
        f"t=1700000001,v1={STRIPE_SIGNATURE}",
        f"t=1700000000,t=1700000000,v1={STRIPE_SIGNATURE}",
        f"v1={STRIPE_SIGNATURE}",
        "t=1700000000," + ",".join([f"v1={STRIPE_SIGNATURE}"] * 17),
    ],
)
def test_h63_stripes_vector_in_any_other_form_is_refused(header):
    with pytest.raises(WebhookRefused):
        StripeSignature((b"whsec_test_secret",), TOLERANCE).verify(stripes(header))


def test_stripes_library_verifies_what_our_tests_sign():
    header = signers.stripe_headers(STRIPE_BODY, OLD, NEW)["Stripe-Signature"]

    for secret in (OLD, NEW):
        assert stripe.WebhookSignature.verify_header(STRIPE_BODY.decode(), header, secret, None)


def test_exploriums_vector_is_accepted():
    secret = decoded_secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    headers = {
        "X-Timestamp": "1741000000",
        "X-Signature": "22_KuOQMTHlmOZgRChiNdSffgcMeCOaWeLQ8MSKtnRQ=",
    }
    body = b'{"event_id":"evt-1","event_name":"new_product"}'

    ExploriumSignature((secret,), TOLERANCE).verify(
        delivery(body, headers, arrived_at=1_741_000_000.0)
    )


@pytest.mark.parametrize("text", ["", "a+b/", "a", "ü", "no base64!"])
def test_a_text_that_is_no_secret_of_exploriums_is_named(text):
    with pytest.raises(ValueError, match=r"."):
        decoded_secret(text)


@pytest.mark.parametrize("key", ["clearbit_key", "sk_clearbit_key", "pk_clearbit_key"])
def test_clearbits_vector_is_accepted_whatever_kind_of_key_is_given(key):
    body = b'{"id":"123","type":"person","body":null,"status":404}'
    header = {"X-Request-Signature": "sha1=cb1ecdd3c658fb5bd079fdaaec8c58550e95a951"}

    clearbit_signature((key,)).verify(delivery(body, header))


def test_clays_vector_is_accepted():
    body = (
        b'{"webhookId":"wh_abc123","createdAt":"2026-06-16T17:50:00.000Z",'
        b'"data":{"routine_run_id":"run_abc123"}}'
    )
    digest = "9c8f0341654ecf8930b4b7ecd5fe656d1adc222a34c379755e229c7dbe9bc2cb"

    clay_signature(("whsec_test",)).verify(delivery(body, {"X-Clay-Signature": f"sha256={digest}"}))


def test_a_refusal_tells_the_sender_nothing_of_its_reason():
    told = {str(WebhookRefused(fault)) for fault in ("missing", "stale", "signature")}
    assert len(told) == 1


def test_mailguns_event_is_not_covered_by_its_signature():
    """So that somebody has to see to it that a token serves one body only."""
    first, second = ({**EVENT, "recipient": name} for name in ("a@b.test", "c@d.test"))
    verifier = MailgunSignature((OLD.encode(),), TOLERANCE)

    tokens = {verifier.verify(delivery(signers.mailgun_body(e, OLD))) for e in (first, second)}

    assert len(tokens) == 1
