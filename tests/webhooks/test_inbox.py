"""What is proved is kept before it is said to be, sealed and told apart; nothing else is."""

import base64
import hmac
from dataclasses import dataclass, field

import orjson
import pytest
from structlog.testing import capture_logs
from tests.webhooks import signers
from tests.webhooks.schemes import EVENT, NEW, OLD, SENDGRID
from tests.webhooks.signers import NOW, delivery

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.configuration.webhooks import SENDERS
from roleferry_enrich.errors import (
    ConfigurationError,
    MalformedBody,
    NotFound,
    ServiceUnavailable,
    WebhookRefused,
)
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage.webhook_events import Arrived, Taken
from roleferry_enrich.webhooks.endpoints import accounts_of, endpoints_of
from roleferry_enrich.webhooks.inbox import Inbox
from roleferry_enrich.webhooks.vault import Vault

ACCOUNT = "0d5c7a52-51f3-4a4e-9d63-9f0b8b1f6c11"
TOKEN = "a-secret-address-of-apollos"
SECRETS = {
    "sendgrid": {"secret": SENDGRID.public_key, "account": ACCOUNT},
    "mailgun": {"secret": f"{OLD},{NEW}", "account": ACCOUNT},
    "stripe": {"secret": f"{OLD},{NEW}"},
    "explorium": {"secret": "dGVzdC1zZWNyZXQtb2xk"},
    "clearbit": {"secret": f"sk_{OLD}"},
    "clay": {"secret": OLD},
    "apollo": {"secret": TOKEN},
    "generic": {"secret": OLD, "header": "X-Acme-Signature"},
}


@dataclass
class Events:
    """What was kept, and what is said of it."""

    kept: list[tuple[str, list[Arrived]]] = field(default_factory=list)
    taken: Taken | Exception = field(default_factory=lambda: Taken(new=1))

    async def take_in(self, provider, arrived):
        if isinstance(self.taken, Exception):
            raise self.taken
        self.kept.append((provider, list(arrived)))
        return self.taken


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def vault() -> Vault:
    return Vault(KeyRing([b"k" * 32]), b"k" * 32)


@pytest.fixture
def inbox(events, vault) -> Inbox:
    return Inbox(endpoints_of(Settings(webhooks=SECRETS)), events, vault)


async def receive(inbox: Inbox, sender: str, sent, *, has_token: bool = False):
    return await inbox.receive(inbox.endpoint(sender, has_token=has_token), sent)


def sendgrids(*entries: object):
    body = orjson.dumps(list(entries)) + b"\r\n"
    return delivery(body, SENDGRID.headers(body))


BOUNCE = {"sg_event_id": "sg-1", "event": "bounce", "email": "maren@quillmere.test"}


async def test_each_event_of_a_body_is_kept_sealed(inbox, events, vault):
    events.taken = Taken(new=2)

    receipt = await receive(inbox, "sendgrid", sendgrids(BOUNCE, {**BOUNCE, "sg_event_id": "sg-2"}))

    assert (receipt.events, receipt.new) == (2, 2)
    ((sender, kept),) = events.kept
    assert (sender, [event.event_id for event in kept]) == ("sendgrid", ["sg-1", "sg-2"])
    assert not any(b"maren" in event.body for event in kept)
    assert vault.open("sendgrid", "sg-1", kept[0].body) == BOUNCE


async def test_a_body_opens_under_its_own_name_alone(inbox, events, vault):
    await receive(inbox, "sendgrid", sendgrids(BOUNCE))
    ((_, (kept,)),) = events.kept

    for name in (("sendgrid", "sg-2"), ("mailgun", "sg-1")):
        with pytest.raises(ValueError, match="no key"):
            vault.open(*name, kept.body)


async def test_a_replaced_key_still_opens_what_it_sealed(events):
    old, new = b"o" * 32, b"n" * 32
    sealed = Vault(KeyRing([old]), old).seal("acme", "e1", {"a": 1})

    assert Vault(KeyRing([new, old]), new).open("acme", "e1", sealed) == {"a": 1}
    with pytest.raises(ValueError, match="no key"):
        Vault(KeyRing([new]), new).open("acme", "e1", sealed)


async def test_an_event_without_an_id_is_known_by_its_content(inbox, events):
    bare = {"event": "open", "email": "maren@quillmere.test"}
    for entry in (bare, dict(reversed(bare.items())), {**bare, "email": "other"}):
        await receive(inbox, "sendgrid", sendgrids(entry))

    first, same, other = (kept[0].event_id for _, kept in events.kept)
    assert first == same != other
    assert len(first) == 64


@pytest.mark.parametrize("strange", ["", " ", "x" * 201, "a\nb", "ü", 7.5, None, ["x"]])
async def test_an_id_that_is_none_is_not_used(inbox, events, strange):
    await receive(inbox, "sendgrid", sendgrids({**BOUNCE, "sg_event_id": strange}))

    ((_, (kept,)),) = events.kept
    assert len(kept.event_id) == 64


@pytest.mark.parametrize("time", [-1, 1e30, float(2**62), "soon", None, True])
async def test_a_time_that_is_none_is_unknown(inbox, events, time):
    await receive(inbox, "sendgrid", sendgrids({**BOUNCE, "timestamp": time}))

    ((_, (kept,)),) = events.kept
    assert kept.occurred_at is None


@pytest.mark.parametrize("word", ["\0", "x\0y", "a" * 5_000])
async def test_hostile_words_can_be_stored(inbox, events, word):
    await receive(inbox, "sendgrid", sendgrids({**BOUNCE, "event": word, "sg_message_id": word}))

    ((_, (kept,)),) = events.kept
    assert "\0" not in kept.kind
    assert len(kept.kind) <= 100
    assert kept.subject is None


@pytest.mark.parametrize("sender", ["stripe", "generic"])
async def test_what_is_not_proved_is_not_kept(inbox, events, sender):
    with pytest.raises(WebhookRefused):
        await receive(inbox, sender, delivery(b"{}", {"Stripe-Signature": "t=1,v1=x"}))

    assert events.kept == []


async def test_what_is_proved_and_no_json_is_not_kept(inbox, events):
    body = b"no json"
    with pytest.raises(MalformedBody):
        await receive(inbox, "stripe", delivery(body, signers.stripe_headers(body, OLD)))

    assert events.kept == []


async def test_a_database_that_is_away_is_no_success(inbox, events):
    events.taken = ServiceUnavailable("away")

    with pytest.raises(ServiceUnavailable):
        await receive(inbox, "sendgrid", sendgrids(BOUNCE))


async def test_h62_a_proof_that_served_another_event_is_refused(inbox, events):
    sent = delivery(signers.mailgun_body(EVENT, OLD))
    await receive(inbox, "mailgun", sent)
    events.taken = Taken(new=0, is_reused=True)

    with pytest.raises(WebhookRefused):
        await receive(inbox, "mailgun", sent)
    ((_, (kept,)), _) = events.kept
    assert kept.nonce is not None
    assert b"t" * 50 not in kept.nonce


async def test_p25_nothing_of_what_was_sent_is_logged(inbox, events):
    events.taken = Taken(new=0, differing=["sg-1"])
    with capture_logs() as lines:
        await receive(inbox, "sendgrid", sendgrids(BOUNCE))
        with pytest.raises(WebhookRefused):
            await receive(inbox, "stripe", delivery(b"{}", {"Stripe-Signature": "v1=secret"}))

    assert [line["event"] for line in lines] == ["webhook.event.differs", "webhook.refused"]
    for canary in ("maren", "sg-1", "secret"):
        assert canary not in str(lines)


@pytest.mark.parametrize(
    ("sender", "has_token"),
    [("nobody", False), ("stripe", True), ("sendgrid", True), ("", False), ("STRIPE", False)],
)
def test_where_nobody_is_listened_to_there_is_nothing(inbox, sender, has_token):
    with pytest.raises(NotFound):
        inbox.endpoint(sender, has_token=has_token)


@pytest.mark.parametrize("sender", sorted(SENDERS))
def test_who_has_no_secret_is_not_listened_to(events, vault, sender):
    inbox = Inbox(endpoints_of(Settings()), events, vault)
    with pytest.raises(NotFound):
        inbox.endpoint(sender, has_token=False)


@pytest.mark.parametrize("sender", sorted(SENDERS))
def test_every_sender_there_is_may_be_listened_to(inbox, sender):
    assert inbox.endpoint(sender, has_token=sender == "apollo").sender == sender


async def test_apollos_address_is_its_secret(inbox, events):
    body = orjson.dumps({"request_id": "7", "people": [{"id": "a"}]})
    await receive(inbox, "apollo", delivery(body, token=TOKEN), has_token=True)
    for token in (None, "", TOKEN[:-1], f"{TOKEN}x"):
        with pytest.raises(WebhookRefused):
            await receive(inbox, "apollo", delivery(body, token=token), has_token=True)

    assert [kept[0].event_id for _, kept in events.kept] == ["7:a"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"encoding": "base64", "algorithm": "sha512", "prefix": "v1,"},
        {"encoding": "base64url", "algorithm": "sha1"},
        {"timestamp_header": "X-Acme-Time", "prefix": "sha256="},
    ],
)
async def test_a_sender_of_ones_own_signs_as_it_was_said_to(events, vault, given):
    body = orjson.dumps({"id": "g-1"})
    endpoints = endpoints_of(Settings(webhooks={"generic": {**SECRETS["generic"], **given}}))
    inbox = Inbox(endpoints, events, vault)
    timed = "timestamp_header" in given
    signed = f"{NOW}.".encode() + body if timed else body
    digest = hmac.digest(OLD.encode(), signed, given.get("algorithm", "sha256"))
    written = {
        "hex": digest.hex(),
        "base64": base64.b64encode(digest).decode(),
        "base64url": base64.urlsafe_b64encode(digest).decode(),
    }[given.get("encoding", "hex")]
    headers = {"X-Acme-Signature": given.get("prefix", "") + written, "X-Acme-Time": str(NOW)}

    await receive(inbox, "generic", delivery(body, headers))
    with pytest.raises(WebhookRefused):
        await receive(inbox, "generic", delivery(body + b" ", headers))
    if timed:
        with pytest.raises(WebhookRefused):
            await receive(
                inbox, "generic", delivery(body, {**headers, "X-Acme-Time": str(NOW + 1)})
            )
    assert [kept[0].event_id for _, kept in events.kept] == ["g-1"]


@pytest.mark.parametrize(
    ("sender", "secret"),
    [
        ("sendgrid", "c2VjcmV0"),
        ("sendgrid", "not base64"),
        ("explorium", "a+b/"),
        ("explorium", "abcde"),
    ],
)
def test_a_secret_that_its_scheme_cannot_use_stops_the_start_unseen(sender, secret):
    given = {**SECRETS[sender], "secret": secret}

    with pytest.raises(ConfigurationError) as refused:
        endpoints_of(Settings(webhooks={sender: given}))

    assert f"ROLEFERRY_WEBHOOKS__{sender.upper()}__SECRET" in str(refused.value)
    assert secret not in str(refused.value)
    assert refused.value.__cause__ is None


def test_whose_mail_it_is_is_known():
    assert {str(owner) for owner in accounts_of(Settings(webhooks=SECRETS)).values()} == {ACCOUNT}
    assert set(accounts_of(Settings(webhooks=SECRETS))) == {"sendgrid", "mailgun"}
