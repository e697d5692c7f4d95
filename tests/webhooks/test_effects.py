"""What an event changes: bounces and complaints, results that somebody waits for, or nothing."""

import pytest

from roleferry_enrich.webhooks.effects import MailboxReport, ProviderResult, effect_of

ADDRESS = "maren@quillmere.test"
INVALID = MailboxReport(address=ADDRESS, deliverability="invalid", reason="bounced")
RISKY = MailboxReport(address=ADDRESS, deliverability="risky", reason="spam_report")


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, INVALID),
        ({"event": "bounce"}, INVALID),
        ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, None),
        ({"event": "bounce", "status": "4.2.1"}, None),
        ({"event": "bounce", "status": "5.2.2"}, None),
        ({"event": "dropped", "reason": "Bounced Address"}, INVALID),
        ({"event": "dropped", "reason": "Invalid"}, INVALID),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, RISKY),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, None),
        ({"event": "spamreport"}, RISKY),
        ({"event": "delivered"}, None),
        ({"event": "deferred", "attempt": "3"}, None),
        ({"event": "of tomorrow"}, None),
        ({}, None),
    ],
)
def test_sendgrids_events(event, effect):
    assert effect_of("sendgrid", {"email": ADDRESS, **event}) == effect


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        ({"event": "failed", "severity": "permanent", "reason": "bounce"}, INVALID),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, INVALID),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-complaint"}, RISKY),
        ({"event": "failed", "severity": "permanent", "reason": "generic"}, None),
        ({"event": "failed", "severity": "temporary", "reason": "bounce"}, None),
        ({"event": "failed", "severity": "temporary", "reason": "greylisted"}, None),
        ({"event": "complained"}, RISKY),
        ({"event": "delivered", "delivery-status": None}, None),
        ({"event": "rejected", "reject": {"reason": "Sandbox"}}, None),
    ],
)
def test_mailguns_events(event, effect):
    assert effect_of("mailgun", {"recipient": ADDRESS, **event}) == effect


@pytest.mark.parametrize("sender", ["sendgrid", "mailgun"])
@pytest.mark.parametrize("address", [None, "", 7, ["x"], {}])
def test_a_mail_to_nobody_changes_nothing(sender, address):
    event = {"event": "spamreport" if sender == "sendgrid" else "complained"}

    effect = effect_of(sender, {**event, "email": address, "recipient": address})

    assert effect is None or effect.address == "7"


@pytest.mark.parametrize(
    ("sender", "document", "effect"),
    [
        ("clay", {"data": {"routine_run_id": "run_1"}}, ProviderResult(reference="run_1")),
        ("clay", {"data": {}}, None),
        ("apollo", {"request_id": -9}, ProviderResult(reference="-9")),
        ("apollo", {"people": []}, None),
        ("clearbit", {"body": None, "status": 404}, None),
        ("clearbit", {"body": {"email": ADDRESS}}, ProviderResult(email=ADDRESS)),
        (
            "clearbit",
            {"body": {"domain": "quillmere.test"}},
            ProviderResult(domain="quillmere.test"),
        ),
        (
            "clearbit",
            {"body": {"person": {"email": ADDRESS}, "company": {"domain": "quillmere.test"}}},
            ProviderResult(email=ADDRESS, domain="quillmere.test"),
        ),
    ],
)
def test_a_result_names_what_was_asked_or_whom_it_is_about(sender, document, effect):
    assert effect_of(sender, document) == effect


@pytest.mark.parametrize("sender", ["stripe", "explorium", "generic"])
def test_what_others_will_consume_is_only_kept(sender):
    document = {"id": "evt_1", "type": "payment_intent.succeeded", "request_id": "r", "email": "e"}

    assert effect_of(sender, document) is None


@pytest.mark.parametrize("document", [None, [], "text", 7])
def test_what_is_no_object_changes_nothing(document):
    assert effect_of("sendgrid", document) is None
