"""H78, P25: no person and no key of a request is found again where operators look."""

import asyncio
import time

import orjson
import pytest
import redis
from tests.database_dump import everything
from tests.e2e.senders import SENDGRID
from tests.processes import eventually

from roleferry_enrich.providers.catalogue import catalogue

PERSON = "zzcanary.person@zzcanary-company.test"
TOKEN = "rfe_live_ZZCANARYZZCANARYZZCANARY_" + "zzcanarysecret" * 4
CANARIES = ("zzcanary", "ZZCANARY")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REQUEST = "ab" * 16


@pytest.fixture(scope="module")
def replies(client, other_client):
    """A person's address at every place of a request where one can be."""
    trace = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-ID": REQUEST}
    first = client.post("/enrich", json={"email": PERSON}, headers=trace)
    assert first.json()["meta"]["enrichment_id"]
    listed = client.post("/emails/verify", json={"emails": [PERSON, PERSON[:-4]]}, headers=trace)
    assert listed.json()["meta"]["verification_id"]
    bad_key = {"Authorization": f"Bearer {TOKEN}"}
    return [
        client.post("/enrich", json={"email": f"{PERSON}@"}),
        client.post("/emails/verify", json={"emails": [PERSON], PERSON: 1}),
        client.post("/enrich", json={PERSON: 1, "email": [PERSON]}),
        client.post("/enrich", content=f'{{"email": "{PERSON}"', headers={"X-Request-ID": PERSON}),
        client.post("/enrich", json={"email": PERSON}, headers=bad_key),
        client.get(f"/contacts/{PERSON}"),
        client.get(f"/enrichments/{PERSON}"),
        client.get("/contacts", params={"after": PERSON, "email": PERSON}),
        client.get("/contacts", params={"key": TOKEN}, headers={"Authorization": TOKEN}),
        client.get(f"/nowhere/{PERSON}", params={"token": TOKEN}),
    ]


def test_refusals_do_not_repeat_what_was_sent(replies):
    for reply in replies:
        assert 400 <= reply.status_code < 500
        said = reply.text + str(reply.headers)
        assert not [canary for canary in CANARIES if canary in said], reply.request.url


def test_every_line_of_the_log_is_json(installation, replies):
    lines = installation.log().splitlines()
    assert lines
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(orjson.loads(line))


def test_a_request_is_found_in_the_log_by_its_id_and_its_trace(installation, replies):
    def answered() -> list[dict]:
        events = map(orjson.loads, installation.log().splitlines())
        return [event for event in events if event["event"] == "enrichment.answered"]

    assert eventually(lambda: REQUEST in {event.get("request_id") for event in answered()})
    [ours] = [event for event in answered() if event.get("request_id") == REQUEST]
    assert ours["trace_id"] == TRACE
    assert all(event["request_id"] and event["trace_id"] for event in answered())


def test_a_list_is_found_in_the_log_by_its_counts(installation, replies):
    events = map(orjson.loads, installation.log().splitlines())
    [ours] = [
        event
        for event in events
        if event["event"] == "verification.answered" and event.get("request_id") == REQUEST
    ]
    assert (ours["count"], ours["pending"], ours["trace_id"]) == (2, 0, TRACE)


def test_h78_the_log_names_no_person_and_no_key(installation, replies, client):
    log = installation.log()
    keys = (installation.key, installation.other_key, *(f"test-key-{name}" for name in catalogue()))
    assert not [word for word in (*CANARIES, *keys) if word in log]


def test_h78_the_metrics_name_no_person_and_no_key(client, replies):
    page = client.get("/metrics").text
    assert not [canary for canary in CANARIES if canary in page]


def test_h78_no_name_in_redis_names_a_person(installation, replies):
    with redis.Redis.from_url(installation.redis_url) as server:
        names = b"\n".join(server.scan_iter()).decode(errors="replace")
    assert not [canary for canary in CANARIES if canary in names]


@pytest.fixture(scope="module")
def spoken(client, replies, enriched, led):
    """What was told of people, through every door; all of it is stored by now."""
    sent = client.post("/enrich/batch", json={"items": [{"email": PERSON, "reference": PERSON}]})
    assert sent.is_success, sent.text
    job = sent.json()["job"]["id"]
    assert eventually(lambda: client.get(f"/jobs/{job}").json()["state"] == "done")
    results = client.get(f"/jobs/{job}/results").json()["items"]
    assert [item["reference"] for item in results] == [PERSON]
    at = int(time.time())
    told = {"event": "bounce", "email": PERSON, "sg_event_id": "one", "timestamp": at}
    body = orjson.dumps([told])
    headers = {"Content-Type": "application/json", **SENDGRID.headers(body, at)}
    assert client.post("/webhooks/sendgrid", content=body, headers=headers).is_success
    people = [enriched.json(), *led.json()["executives"]]
    points = [point for person in people for point in person["contact_points"]]
    own = {point["value"] for point in points if point["label"] not in {"role", "switchboard"}}
    assert len(own) > len(people)
    return own


def test_h78_no_row_shows_a_contact_point(installation, spoken):
    dump = asyncio.run(everything(installation.environment["ROLEFERRY_DATABASE_URL"])).casefold()
    # A company's domain is no secret; who has a mailbox there is.
    assert "zzcanary-company.test" in dump
    assert [word for word in ("zzcanary.person", *spoken) if word.casefold() in dump] == []


def test_h78_no_value_in_redis_shows_a_contact_point(installation, spoken):
    with redis.Redis.from_url(installation.redis_url) as server:
        held = (
            b"\n".join(server.dump(name) or b"" for name in server.scan_iter())
            .decode("latin-1")
            .casefold()
        )
    assert held
    assert [word for word in (*CANARIES, *spoken) if word.casefold() in held] == []
