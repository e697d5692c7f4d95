"""Webhooks as providers send them to a running service, and what is seen of them afterwards.

P17, P18, P25, H56 to H59.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import orjson
import pytest
from tests.e2e.installation import run
from tests.e2e.senders import APOLLO, SENDGRID, STRIPE_NEW, STRIPE_OLD
from tests.processes import eventually
from tests.webhooks.signers import stripe_headers

JSON = {"Content-Type": "application/json"}


def now() -> int:
    return int(time.time())


def sendgrid(client, *entries, at=None):
    body = orjson.dumps(list(entries)) + b"\r\n"
    headers = SENDGRID.headers(body, at or now())
    return client.post("/webhooks/sendgrid", content=body, headers={**JSON, **headers})


def stripe(client, event, *secrets, at=None):
    body = orjson.dumps(event)
    headers = stripe_headers(body, *secrets, at=at or now())
    return client.post("/webhooks/stripe", content=body, headers={**JSON, **headers})


def bounce(address, **changed):
    return {
        "sg_event_id": uuid4().hex,
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "email": address,
        "timestamp": now(),
        **changed,
    }


def day_of(event) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(event["timestamp"]))


@pytest.fixture
def operator(installation, tmp_path):
    """What the operator's command prints."""

    def command(*arguments):
        said = run("webhooks", *arguments, cwd=tmp_path, env=installation.environment)
        assert said.returncode == 0, said.stderr
        return said.stdout

    return command


@pytest.fixture
def listed(operator):
    def events(sender):
        found = json.loads(operator("list", "--provider", sender, "--limit", "1000", "-f", "json"))
        return {event["event_id"]: event for event in found["events"]}

    return events


def points(answer):
    return {point["value"]: point for point in answer["contact_points"]}


@pytest.fixture
def believed(client, installation):
    """The answer about somebody whose address every provider thinks good; nobody else's tests'."""
    companies = installation.sandbox.truth(per_page=40, page=9)
    people = [person for company in companies for person in company["people"]]
    for person in people:
        if not person["mailbox_works"]:
            continue
        answer = client.post("/enrich", json={"email": person["email"], "deadline_ms": 5000}).json()
        if answer["business_email"] == person["email"] and answer["meta"]["contact_id"]:
            return answer
    raise AssertionError("of so many people somebody is known")


def test_a_bounce_is_seen_in_the_stored_contact_and_in_the_next_answer(
    client, installation, believed
):
    address = believed["business_email"]
    contact = believed["meta"]["contact_id"]
    assert points(believed)[address]["deliverability"] != "invalid"

    bounced = bounce(address)
    reply = sendgrid(client, bounced, bounce("nobody@quillmere.test"))
    assert (reply.status_code, reply.json()) == (200, {"events": 2, "new": 2})

    def stored():
        return points(client.get(f"/contacts/{contact}").json())[address]

    assert eventually(lambda: stored()["deliverability"] == "invalid")
    assert "sendgrid" in {source["provider"] for source in stored()["sources"]}
    asked = {"email": address, "deadline_ms": 5000, "enrich": ["business_email", "title"]}
    after = client.post("/enrich", json=asked).json()
    told = points(after)[address]
    assert after["business_email"] != address
    assert told["deliverability"] == "invalid"
    (source,) = [one for one in told["sources"] if one["provider"] == "sendgrid"]
    assert source["observed_at"][:10] == day_of(bounced)
    # Not the other account of these tests, which is to know nobody.
    another = {"Authorization": f"Bearer {installation.command_key}"}
    theirs = points(client.post("/enrich", json={"email": address}, headers=another).json())
    assert theirs[address]["deliverability"] != "invalid"


def test_p18_of_a_hundred_duplicates_at_once_one_is_new(client, listed):
    event = {"id": f"evt_{uuid4().hex}", "type": "charge.refunded", "created": now()}
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: stripe(client, event, STRIPE_NEW), range(100)))

    assert {reply.status_code for reply in replies} == {200}
    assert sum(reply.json()["new"] for reply in replies) == 1
    assert eventually(lambda: listed("stripe")[event["id"]]["state"] == "done")
    assert listed("stripe")[event["id"]]["tries"] == 1


@pytest.mark.parametrize("secret", [STRIPE_OLD, STRIPE_NEW])
def test_either_secret_proves_while_one_replaces_the_other(client, secret):
    assert stripe(client, {"id": uuid4().hex, "type": "ping"}, secret).status_code == 200


def test_what_is_not_proved_is_refused_and_not_kept(client, listed):
    name = uuid4().hex
    event = {"id": name, "type": "ping"}
    refused = [
        stripe(client, event, "test-secret-of-nobody"),
        stripe(client, event, STRIPE_NEW, at=now() - 361),
        stripe(client, event, STRIPE_NEW, at=now() + 361),
        stripe(client, event, STRIPE_NEW, at="1" + "0" * 30),
        client.post("/webhooks/stripe", content=b"{}", headers=JSON),
        sendgrid(client, bounce("x@quillmere.test", sg_event_id=name), at=now() - 361),
        client.post("/webhooks/apollo", content=b"{}", headers=JSON),
        client.post("/webhooks/apollo/another", content=b"{}", headers=JSON),
    ]

    assert [reply.status_code for reply in refused] == [401] * len(refused)
    assert len({reply.json()["detail"] for reply in refused}) == 1
    assert name not in {**listed("stripe"), **listed("sendgrid")}


@pytest.mark.parametrize("sender", ["mailgun", "clearbit", "nobody"])
def test_who_has_no_secret_here_is_not_heard(client, sender):
    reply = client.post(f"/webhooks/{sender}", content=b"{}", headers=JSON)

    assert reply.status_code == 404
    assert reply.json()["detail"] == client.get("/nowhere").json()["detail"]


def test_an_event_can_be_shown_and_replayed(client, listed, operator):
    event = {"id": f"evt_{uuid4().hex}", "type": "charge.refunded", "note": "of the operator's"}
    assert stripe(client, event, STRIPE_NEW).json()["new"] == 1
    assert eventually(lambda: listed("stripe")[event["id"]]["state"] == "done")

    assert json.loads(operator("show", "stripe", event["id"]))["body"] == event
    assert "1 event" in operator("replay", "stripe", event["id"])
    assert eventually(lambda: listed("stripe")[event["id"]]["effect"] == "kept")


def test_p25_neither_people_nor_secrets_of_webhooks_are_in_the_log(client, installation):
    address = "zzcanary.bounced@zzcanary-company.test"
    sendgrid(client, bounce(address))
    sendgrid(client, bounce(address), at=now() - 361)
    result = {"request_id": "7", "people": [{"id": "zzcanary"}]}
    path = f"/webhooks/apollo/{APOLLO}"
    taken = client.post(path, content=orjson.dumps(result), headers=JSON)
    assert taken.json() == {"events": 1, "new": 1}

    assert eventually(lambda: "/webhooks/apollo/redacted" in installation.log())
    assert eventually(lambda: "webhook.refused" in installation.log())
    for line in installation.log().splitlines():
        if "webhook" in line:
            assert "zzcanary" not in line
