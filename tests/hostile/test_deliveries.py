"""Webhooks of any content: what is signed is kept or refused, what is not is refused."""

import base64
from collections.abc import Callable, Mapping

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hostile.test_readers import BYTES, TEXTS, VALUES
from tests.thorough import examples
from tests.webhooks import signers
from tests.webhooks.schemes import NEW, NEW_64, SCHEMES, SENDGRID, Scheme
from tests.webhooks.signers import delivery

from roleferry_enrich.errors import RequestRefused
from roleferry_enrich.webhooks.documents import read_document
from roleferry_enrich.webhooks.effects import effect_of
from roleferry_enrich.webhooks.events import events_of
from roleferry_enrich.webhooks.signatures.delivery import Delivery

SIGNED: Mapping[str, Callable[[bytes], Delivery]] = {
    "sendgrid": lambda body: delivery(body, SENDGRID.headers(body)),
    "stripe": lambda body: delivery(body, signers.stripe_headers(body, NEW)),
    "explorium": lambda body: delivery(body, signers.explorium_headers(body, NEW_64)),
    "clearbit": lambda body: delivery(body, signers.clearbit_headers(body, NEW)),
    "clay": lambda body: delivery(body, signers.clay_headers(body, NEW)),
    "apollo": lambda body: delivery(body, token=NEW),
}
BY_NAME = {scheme.name: scheme for scheme in SCHEMES}
NAMES = st.sampled_from(
    [
        *("event", "type", "email", "recipient", "id", "sg_event_id", "sg_message_id", "reason"),
        *("timestamp", "event-data", "message", "headers", "message-id", "severity", "data"),
        *("object", "request_id", "status", "body", "signature", "delivery-status", "code"),
    ]
)
MEMBERS = TEXTS | st.sampled_from(["bounce", "failed", "permanent", "dropped", "spamreport"])
# What events are made of, with anything in any place.
EVENTS = st.recursive(
    MEMBERS | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False),
    lambda inner: st.dictionaries(NAMES, inner, max_size=6) | st.lists(inner, max_size=2),
    max_leaves=10,
).filter(lambda it: isinstance(it, dict))
many = settings(max_examples=examples(20))
HEADER = st.text(st.characters(max_codepoint=255), max_size=80) | BYTES.map(
    lambda it: base64.b64encode(it).decode()
)


def signs(scheme: Scheme, sent: Delivery) -> bool:
    try:
        scheme.verifier.verify(sent)
    except RequestRefused:
        return False
    return True


def understood(sender: str, body: bytes) -> None:
    """As the inbox and the worker do, without keeping anything."""
    try:
        events = events_of(sender, read_document(body), "id")
    except RequestRefused:
        return
    for event in events:
        if event.fault is None:
            effect_of(sender, event.document)


def written(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # half a surrogate pair, or too large a number
        return b"{}"


BODIES = BYTES | VALUES.map(written) | st.lists(EVENTS, max_size=2).map(written)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda it: it.name)
@many
@given(BYTES, st.lists(HEADER, min_size=3, max_size=3))
def test_h56_what_nobody_signed_is_refused_whatever_it_is(scheme, body, values):
    headers = dict(zip(scheme.headers, values, strict=False))
    assert not signs(scheme, delivery(body, headers, token=values[2] or None))


@pytest.mark.parametrize("sender", SIGNED)
@many
@given(BODIES)
def test_h60_what_is_signed_is_accepted_and_understood_or_refused(sender, body):
    assert signs(BY_NAME[sender], SIGNED[sender](body))
    understood(sender, body)


@many
@given(EVENTS)
def test_h60_an_event_of_mailguns_is_understood_or_refused(event):
    body = signers.mailgun_body(orjson.loads(written(event)), NEW)
    assert signs(BY_NAME["mailgun"], delivery(body))
    understood("mailgun", body)
