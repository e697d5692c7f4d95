"""The closed set of events: each told about, each thin, each the same event when told again."""

from datetime import UTC, datetime

import pytest

from roleferry_enrich.domain.webhook_events import EVENTS, SUBSCRIBABLE, Event, EventType
from roleferry_enrich.storage.announcing import body_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def event(kind: EventType, **changed) -> Event:
    given = {"key": "1", "occurred_at": NOW, "data": EVENTS[kind].example}
    return Event(type=kind, **given | changed)


@pytest.mark.parametrize("kind", EventType)
def test_every_type_is_told_about_and_its_example_is_an_event(kind):
    assert EVENTS[kind].description.endswith(".")
    assert event(kind).data == EVENTS[kind].example


@pytest.mark.parametrize("kind", EventType)
def test_payloads_are_thin(kind):
    assert len(body_of(event(kind))) < 1_000


@pytest.mark.parametrize("kind", EventType)
def test_nothing_more_slips_into_a_payload(kind):
    more = {**EVENTS[kind].example, "email": "orla@quillmere.test"}

    with pytest.raises(ValueError, match="members"):
        event(kind, data=more)


def test_told_again_it_is_the_same_event():
    kind = EventType.BATCH_COMPLETED
    later = event(kind, occurred_at=NOW.replace(year=2027))

    assert event(kind).id == later.id
    assert len({event(kind).id, event(kind, key="2").id, event(EventType.ENDPOINT_TEST).id}) == 3


def test_a_test_cannot_be_subscribed_to():
    assert set(EventType) - set(SUBSCRIBABLE) == {EventType.ENDPOINT_TEST}
