"""What we sign, the official library of Standard Webhooks accepts; secrets are theirs too."""

import base64
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.webhooks.outgoing.signing import Vault, mint, read_secret, shown, signed

BODY = b'{"type":"endpoint.test","data":{}}'
EVENT = uuid4()


def now() -> datetime:
    return datetime.now(UTC)


@given(st.binary(min_size=24, max_size=64), st.dictionaries(st.text(), st.text()))
def test_p19_the_official_library_verifies_what_we_send(secret, content):
    body = (base64.b64encode(repr(content).encode()).decode().join('""')).encode()

    headers = signed(EVENT, now(), body, [secret])

    assert Webhook(shown(secret)).verify(body, dict(headers)) is not None


def test_h70_each_of_two_secrets_verifies_the_same_message():
    old, new = mint(), mint()

    headers = dict(signed(EVENT, now(), BODY, [new, old]))

    for secret in (old, new):
        Webhook(shown(secret)).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(mint())).verify(BODY, headers)


def test_a_changed_body_or_time_is_noticed():
    secret = mint()
    headers = dict(signed(EVENT, now(), BODY, [secret]))
    later = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}

    for changed, body in ((headers, BODY + b" "), (later, BODY)):
        with pytest.raises(WebhookVerificationError):
            Webhook(shown(secret)).verify(body, changed)


def test_it_is_signed_as_the_library_signs():
    secret, moment = mint(), now()
    headers = signed(EVENT, moment, BODY, [secret])

    theirs = Webhook(shown(secret)).sign(headers["webhook-id"], moment, BODY.decode())

    assert headers["webhook-signature"] == theirs


def test_the_name_of_a_message_has_no_dot_and_stays_the_same():
    first, second = (signed(EVENT, now(), BODY, [mint()])["webhook-id"] for _ in range(2))

    assert first == second
    assert "." not in first


@given(st.binary(min_size=24, max_size=64))
def test_a_secret_of_their_own_is_read_as_it_is_shown(secret):
    assert read_secret(shown(secret)) == secret


@pytest.mark.parametrize(
    "text",
    [
        "whsec_" + base64.b64encode(b"8 bytes!").decode(),
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        base64.b64encode(b"x" * 32).decode(),
        "whsk_" + base64.b64encode(b"x" * 32).decode(),
        "whsec_" + "!" * 44,
        "whsec_" + base64.b64encode(b"x" * 32).decode().rstrip("="),
        "whsec_" + "é" * 44,
        "whsec_",
        "",
    ],
)
def test_h69_a_secret_that_is_none_is_refused_without_being_told(text):
    with pytest.raises(InvalidQuery) as refused:
        read_secret(text)

    (fault,) = refused.value.faults
    assert fault.field == "secret"
    secret = text.removeprefix("whsec_")
    assert not secret or secret not in fault.message + refused.value.detail


def test_a_sealed_secret_opens_for_its_own_endpoint_alone():
    vault, account, endpoint = Vault(KeyRing([b"key"])), uuid4(), uuid4()
    secret = mint()
    sealed = vault.seal(account, endpoint, secret)

    assert secret not in sealed
    assert vault.open(account, endpoint, sealed) == secret
    assert vault.open(account, uuid4(), sealed) is None
    assert vault.open(uuid4(), endpoint, sealed) is None
    assert Vault(KeyRing([b"another"])).open(account, endpoint, sealed) is None
