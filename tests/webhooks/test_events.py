"""What each sender's body says happened: how many events, known by what, in whose turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.configuration.webhooks import SENDERS
from roleferry_enrich.webhooks.effects import effect_of
from roleferry_enrich.webhooks.events import Event, events_of

BOUNCE = {
    "email": "example@example.com",
    "timestamp": 1513299569,
    "event": "bounce",
    "sg_event_id": "zmzJhfJgAfUSOW80yEbPyw==",
    "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
}
FAILED = {
    "event": "failed",
    "id": "G9Bn5sl1TC6nu79C8C0bwg",
    "timestamp": 1534110422.389832,
    "message": {"headers": {"message-id": "20180812214658.1@example.org"}},
}


def read(sender: str, document: object, id_field: str = "id") -> list[Event]:
    return events_of(sender, document, id_field)


def only(sender: str, document: object, id_field: str = "id") -> Event:
    (event,) = read(sender, document, id_field)
    return event


def told(event: Event) -> tuple[object, ...]:
    return event.id, event.kind, event.subject, event.at, event.fault


def test_each_entry_of_sendgrids_array_is_an_event_in_the_turn_of_its_message():
    first, second = read("sendgrid", [BOUNCE, {**BOUNCE, "sg_event_id": "other"}])

    assert told(first) == (
        "zmzJhfJgAfUSOW80yEbPyw==",
        "bounce",
        "14c5d75ce93",
        1513299569.0,
        None,
    )
    assert second.id == "other"


def test_h60_what_is_no_event_among_many_is_told_apart():
    events = read("sendgrid", [BOUNCE, "text", None, {"email": "x"}, [BOUNCE]])

    assert [event.fault for event in events] == [None, *["unreadable"] * 4]


@pytest.mark.parametrize("document", [{**BOUNCE}, [{**BOUNCE, "new_member": {"of": "tomorrow"}}]])
def test_a_form_of_tomorrow_is_read_as_far_as_it_is_known(document):
    assert only("sendgrid", document).fault is None


def test_an_event_of_an_old_account_has_no_id_and_no_turn():
    assert told(only("sendgrid", [{"event": "open", "email": "x"}]))[:3] == (None, "open", None)


def test_mailguns_event_is_what_stands_beside_its_signature():
    event = only("mailgun", {"signature": {"token": "t"}, "event-data": FAILED})

    assert event.document == FAILED
    assert told(event)[:4] == (
        *("G9Bn5sl1TC6nu79C8C0bwg", "failed"),
        *("20180812214658.1@example.org", 1534110422.389832),
    )


@pytest.mark.parametrize(
    ("thing", "subject"),
    [
        ({"object": "payment_intent", "id": "pi_1"}, "pi_1"),
        ({"object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1"}, "pi_1"),
        ({"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}, "pi_1"),
        ({"object": "refund", "id": "re_1", "charge": "ch_1"}, "ch_1"),
        ({"object": "customer", "id": "cus_1"}, None),
        (None, None),
    ],
)
def test_stripes_events_take_the_turns_of_their_payment(thing, subject):
    document = {"id": "evt_1", "type": "x.y", "created": 12, "data": {"object": thing}}

    assert told(only("stripe", document)) == ("evt_1", "x.y", subject, 12.0, None)


def test_exploriums_event_has_no_time():
    document = {"event_id": "evt-1", "event_name": "new_product", "entity_id": "340c"}

    assert told(only("explorium", document)) == ("evt-1", "new_product", "340c", None, None)


def test_clearbits_id_is_no_name_of_an_event():
    assert only("clearbit", {"id": "same", "type": "person"}).id is None


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"request_id": -632178451209, "people": [{"id": "b"}, {"id": "a"}]}, "-632178451209:a+b"),
        ({"request_id": "7", "webhook_result": {"people": [{"id": "a"}]}}, "7:a"),
        ({"request_id": "7", "people": []}, None),
        ({"request_id": "7"}, None),
        ({"people": [{"id": "a"}]}, None),
        ({"request_id": "7", "people": "nobody"}, None),
        ({"request_id": "7", "people": {"id": "a"}}, None),
        ({"request_id": "7", "people": 7}, None),
    ],
)
def test_apollos_results_are_known_by_request_and_people(document, name):
    event = only("apollo", document)

    assert event.id == name
    assert event.fault is None


def test_clays_test_delivery_is_about_no_run():
    run = only("clay", {"webhookId": "wh", "data": {"routine_run_id": "run_1"}})

    assert (run.id, run.subject, run.kind) == ("run_1", "run_1", "routine_run")
    assert told(only("clay", {"webhookId": "wh", "data": {}}))[:3] == (None, "test", None)


@pytest.mark.parametrize(
    ("id_field", "name"), [("id", "7"), ("meta.key", "k"), ("meta", None), ("absent.x", None)]
)
def test_the_id_of_a_sender_of_ones_own_is_where_it_was_said_to_be(id_field, name):
    document = {"id": 7, "type": "thing.done", "meta": {"key": "k"}}

    event = only("generic", document, id_field)

    assert (event.id, event.kind) == (name, "thing.done")


@pytest.mark.parametrize("sender", ["mailgun", "stripe", "explorium", "clearbit", "apollo", "clay"])
@pytest.mark.parametrize("document", [[], "text", 7, None, [BOUNCE]])
def test_a_body_that_is_no_object_is_kept_aside(sender, document):
    assert only(sender, document).fault == "unreadable"


_WORDS = st.sampled_from(
    [
        *("event", "event-data", "id", "type", "data", "object", "people", "body", "person"),
        *("email", "recipient", "severity", "reason", "status", "request_id", "webhook_result"),
        *("routine_run_id", "message", "headers", "message-id", "timestamp", "bounce", "failed"),
    ]
)
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(sender=st.sampled_from(sorted(SENDERS)), document=_DOCUMENTS)
def test_p21_no_document_is_too_strange_to_be_read(sender, document):
    for event in read(sender, document):
        assert event.id is None or event.id
        effect_of(sender, event.document)


def test_no_event_delivered_is_none_read():
    assert read("sendgrid", []) == []
