"""`/webhook-endpoints`: what is asked for, what is refused, and whose it is."""

from datetime import timedelta

import pytest
from tests.api.fake_services import ACCOUNT, OTHER
from tests.api.fake_webhooks import DELIVERY, ENDPOINT, SECRET

from roleferry_enrich.api.bodies import _read_again
from roleferry_enrich.domain.outgoing_webhooks import EndpointChange, EndpointWish
from roleferry_enrich.domain.webhook_events import SUBSCRIBABLE, EventType
from roleferry_enrich.errors import Conflict, Fault, InvalidQuery

PATH = f"/webhook-endpoints/{ENDPOINT}"
ABSENT = "/webhook-endpoints/00000000-0000-0000-0000-000000000099"
BODY = {"url": "https://receiver.test/hook", "events": ["enrichment.completed"]}
OPERATIONS = [
    ("GET", "", None),
    ("PATCH", "", {"enabled": False}),
    ("DELETE", "", None),
    ("POST", "/rotate", {}),
    ("POST", "/test", None),
    ("GET", "/deliveries", None),
    ("POST", f"/deliveries/{DELIVERY}/replay", None),
]


@pytest.fixture
async def registered(client):
    return await client.post("/webhook-endpoints", json=BODY)


async def test_an_endpoint_is_registered_and_its_secret_shown_once(client, services, registered):
    assert registered.status_code == 201
    assert registered.headers["location"] == PATH
    assert registered.json()["secret"] == SECRET
    wish = EndpointWish(url=BODY["url"], events=(EventType.ENRICHMENT_COMPLETED,))
    assert services.webhooks.wishes == [wish]
    for path in (PATH, "/webhook-endpoints"):
        assert SECRET not in (await client.get(path)).text


async def test_every_event_can_be_subscribed_to_but_once(client, services):
    names = [kind.value for kind in SUBSCRIBABLE]
    reply = await client.post("/webhook-endpoints", json={**BODY, "events": names + names})
    assert reply.status_code == 201
    assert services.webhooks.wishes[0].events == SUBSCRIBABLE


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": None}, "url"),
        ({"url": "https://receiver.test/" + "a" * 2048}, "url"),
        ({"events": []}, "events"),
        ({"events": ["endpoint.test"]}, "events[0]"),
        ({"events": ["person.found"]}, "events[0]"),
        ({"events": "enrichment.completed"}, "events"),
        ({"description": "x" * 201}, "description"),
        ({"account_id": str(OTHER.id)}, "account_id"),
        ({"secret": 5}, "secret"),
    ],
)
async def test_what_is_no_endpoint_is_refused_by_field(client, services, change, field):
    reply = await client.post("/webhook-endpoints", json=BODY | change)
    assert reply.status_code == 422
    assert [fault["field"] for fault in reply.json()["errors"]] == [field]
    assert services.webhooks.wishes == []


async def test_a_refused_url_and_one_endpoint_too_many_are_told(client, services):
    fault = Fault("url", "refused", "is not a plain https URL on port 443")
    services.webhooks.failure = InvalidQuery("see `errors`", faults=(fault,))
    reply = await client.post("/webhook-endpoints", json=BODY)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "url")
    services.webhooks.failure = Conflict("an account has at most 20 webhook endpoints")
    assert (await client.post("/webhook-endpoints", json=BODY)).status_code == 409


async def test_an_endpoint_is_disabled_and_changed(client, services, registered):
    reply = await client.patch(PATH, json={"enabled": False, "events": ["batch.completed"]})
    assert (reply.status_code, reply.json()["enabled"]) == (200, False)
    assert reply.json()["disabled_by"] == "request"
    changed = EndpointChange(enabled=False, events=(EventType.BATCH_COMPLETED,))
    assert services.webhooks.changes == [changed]


async def test_what_is_absent_stays_as_it_is(client, services, registered):
    assert (await client.patch(PATH, json={})).status_code == 200
    assert services.webhooks.changes == [EndpointChange()]


async def test_the_url_cannot_be_changed(client, services, registered):
    reply = await client.patch(PATH, json={"url": "https://other.test/"})
    assert reply.status_code == 422
    assert services.webhooks.changes == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (None, timedelta(days=1))),
        ({"overlap_s": 0, "secret": SECRET}, (SECRET, timedelta(0))),
    ],
)
async def test_a_secret_is_replaced(client, services, registered, body, expected):
    reply = await client.post(f"{PATH}/rotate", json=body)
    assert (reply.status_code, reply.json()["secret"]) == (200, SECRET)
    assert reply.json()["old_secret_until"] is not None
    assert services.webhooks.rotations == [expected]


async def test_a_secret_of_ones_own_is_not_remembered(client, registered):
    before = _read_again.cache_info()
    await client.post("/webhook-endpoints", json={**BODY, "secret": SECRET})
    await client.post(f"{PATH}/rotate", json={"secret": SECRET})
    assert _read_again.cache_info() == before


@pytest.mark.parametrize("seconds", [-1, 604_801, 1.5, "60"])
async def test_the_old_secret_holds_no_longer_than_a_week(client, registered, seconds):
    reply = await client.post(f"{PATH}/rotate", json={"overlap_s": seconds})
    assert reply.status_code == 422


async def test_deliveries_are_paged(client, services, registered):
    reply = await client.get(f"{PATH}/deliveries", params={"limit": 1, "after": "cursor-1"})
    assert (reply.status_code, reply.json()["next"]) == (200, "cursor-2")
    assert reply.json()["items"][0]["message_id"].startswith("evt_")
    assert services.webhooks.pages_asked == [("cursor-1", 1)]


async def test_a_message_is_replayed_and_an_endpoint_tested(client, services, registered):
    replayed = await client.post(f"{PATH}/deliveries/{DELIVERY}/replay")
    tested = await client.post(f"{PATH}/test")
    assert (replayed.status_code, tested.status_code) == (202, 202)
    assert tested.json()["event"] == "endpoint.test"
    assert services.webhooks.replayed == [DELIVERY]


async def test_a_disabled_endpoint_is_neither_tested_nor_replayed_to(client, services, registered):
    services.webhooks.failure = Conflict("the webhook endpoint is disabled: enable it first")
    for tail in ("test", f"deliveries/{DELIVERY}/replay"):
        assert (await client.post(f"{PATH}/{tail}")).status_code == 409


async def test_an_endpoint_is_removed(client, registered):
    gone = await client.delete(PATH)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await client.get(PATH)).status_code == 404


@pytest.mark.parametrize(("method", "tail", "body"), OPERATIONS)
async def test_h18_another_accounts_endpoint_looks_absent(
    client, services, registered, method, tail, body
):
    services.webhooks.owned[OTHER.id, ENDPOINT] = services.webhooks.owned.pop(
        (ACCOUNT.id, ENDPOINT)
    )
    foreign = await client.request(method, PATH + tail, json=body)
    absent = await client.request(method, ABSENT + tail, json=body)
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (OTHER.id, ENDPOINT) in services.webhooks.owned


@pytest.mark.parametrize(("method", "tail", "body"), OPERATIONS)
async def test_a_stranger_learns_nothing(client, registered, method, tail, body):
    client.headers.pop("Authorization")
    assert (await client.request(method, PATH + tail, json=body)).status_code == 401


@pytest.mark.parametrize(("method", "tail", "body"), OPERATIONS)
async def test_an_id_that_is_none_is_refused(client, method, tail, body):
    reply = await client.request(method, f"/webhook-endpoints/nobody{tail}", json=body)
    assert reply.status_code == 422
    assert [fault["field"] for fault in reply.json()["errors"]] == ["endpoint_id"]
