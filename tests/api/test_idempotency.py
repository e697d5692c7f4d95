"""H22: a request that is sent again under its key has no second effect and gets the same answer."""

import asyncio
from uuid import UUID

import pytest
from tests.api.fake_keys import KEY_ID
from tests.api.fake_services import OTHER_KEY
from tests.api.fake_webhooks import DELIVERY, ENDPOINT

from roleferry_enrich.api.application import create_api
from roleferry_enrich.errors import ServiceUnavailable

ADA = {"email": "ada@engines.test"}
DOCUMENT = create_api().openapi()
KEYED = {"Idempotency-Key": "abc-1"}
KEYLESS = {
    "resolveRecords": "compares what it is given: it neither costs nor creates anything",
    "exportPerson": "reads what is stored",
    "cancelJob": "ends what has not ended: the second time there is nothing left to end",
    "receiveWebhook": "senders do not know the header; each event has an id of its own",
    "receiveWebhookByToken": "likewise",
}
"""Operations by POST that take no key, and why."""
LONGER = {"company_name": "Engines", "email": "ada@engines.test"}
PATHS = {
    "/enrich": ADA,
    "/companies/executives": {"domain": "engines.test"},
    "/companies/enrich": {"domain": "engines.test"},
    "/emails/verify": {"emails": ["ada@engines.test"]},
    "/enrich/batch": {"items": [ADA]},
    "/enrich/enqueue": {"items": [ADA]},
    "/keys": {"name": "crm", "scopes": ["read"]},
    "/webhook-endpoints": {"url": "https://acme.test/hook", "events": ["enrichment.completed"]},
    "/webhook-endpoints/{endpoint_id}/rotate": {},
    "/webhook-endpoints/{endpoint_id}/test": None,
    "/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay": None,
    "/keys/{key_id}/rotate": {},
    "/jobs/{job_id}/retry": None,
    "/privacy/suppressions": ADA,
    "/privacy/erasures": ADA,
    "/privacy/notices": {"contact_ids": ["00000000-0000-0000-0000-000000000009"], "how": "letter"},
}
IDS = {"endpoint_id": ENDPOINT, "delivery_id": DELIVERY, "key_id": KEY_ID, "job_id": UUID(int=1)}
"""As the fakes give them to what is made first."""


def effects(services) -> int:
    """What was done for whoever asked."""
    done = (
        services.asked,
        services.to_verify,
        services.jobs.made,
        services.webhooks.wishes,
        services.keys.wishes,
        services.keys.rotations,
        services.jobs.retried,
        services.webhooks.rotations,
        services.webhooks.tested,
        services.webhooks.replayed,
        services.suppressions.asked,
        services.rights.asked,
        services.rights.told,
    )
    return sum(map(len, done))


def test_every_operation_that_costs_or_creates_takes_a_key():
    posts = {
        told["post"]["operationId"]: (path, told["post"])
        for path, told in DOCUMENT["paths"].items()
        if "post" in told
    }
    keyed = {
        name
        for name, (_, told) in posts.items()
        if any(it["name"] == "Idempotency-Key" for it in told.get("parameters", ()))
    }
    assert posts.keys() - keyed == KEYLESS.keys()
    # Each of them is tried below, and says what may come of its key.
    assert {posts[name][0] for name in keyed} == PATHS.keys()
    for name in keyed:
        assert {"400", "409", "422"} <= posts[name][1]["responses"].keys(), name


@pytest.fixture
async def things(client, services) -> None:
    """What the paths name, made and then forgotten by the counts."""
    for path in ("/keys", "/webhook-endpoints", "/enrich/batch"):
        assert (await client.post(path, json=PATHS[path])).is_success
    services.keys.wishes.clear()
    services.webhooks.wishes.clear()
    services.jobs.made.clear()


@pytest.mark.parametrize(("path", "body"), PATHS.items())
@pytest.mark.usefixtures("things")
async def test_the_same_again_is_answered_the_same_and_not_done_again(client, services, path, body):
    path = path.format_map(IDS)
    first = await client.post(path, json=body, headers=KEYED)
    again = await client.post(path, json=body, headers=KEYED)

    assert first.is_success, first.text
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    same = ("content-type", "location", "content-length")
    assert [again.headers.get(name) for name in same] == [first.headers.get(name) for name in same]
    assert effects(services) == 1


async def test_without_a_key_each_is_done(client, services):
    for _ in range(2):
        assert (await client.post("/enrich", json=ADA)).is_success
    assert (len(services.asked), services.kept_answers.claims) == (2, {})


async def test_a_hundred_at_once_have_one_effect(client, services):
    replies = await asyncio.gather(
        *(client.post("/enrich", json=ADA, headers=KEYED) for _ in range(100))
    )

    assert len(services.asked) == 1
    told = {reply.status_code: reply for reply in replies}
    assert told.keys() <= {200, 409}
    assert told[409].headers["retry-after"] == "1"
    assert told[409].json()["type"] == "urn:roleferry-enrich:problem:idempotency-key-in-use"
    assert len({reply.content for reply in replies if reply.is_success}) == 1


async def test_another_body_is_refused_and_nothing_done(client, services):
    await client.post("/enrich", json=ADA, headers=KEYED)
    for body in ({"email": "bob@engines.test"}, LONGER):
        assert (await client.post("/enrich", json=body, headers=KEYED)).status_code == 422
    assert len(services.asked) == 1


async def test_json_that_says_the_same_is_the_same(client, services):
    turned = dict(reversed(LONGER.items()))
    await client.post("/enrich", json=LONGER, headers=KEYED)
    again = await client.post("/enrich", json=turned, headers=KEYED)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(services.asked) == 1


async def test_a_key_is_the_same_with_quotes_and_without(client, services):
    for key in ("abc-1", '"abc-1"'):
        await client.post("/enrich", json=ADA, headers={"Idempotency-Key": key})
    assert len(services.asked) == 1


async def test_other_accounts_and_other_routes_have_keys_of_their_own(client, services):
    await client.post("/enrich", json=ADA, headers=KEYED)
    await client.post("/companies/enrich", json=PATHS["/companies/enrich"], headers=KEYED)
    await client.post(
        "/enrich", json=ADA, headers={**KEYED, "Authorization": f"Bearer {OTHER_KEY}"}
    )
    assert len(services.asked) == 3


@pytest.mark.parametrize("path", ["/enrich", "/enrich/batch"])
@pytest.mark.parametrize("key", ["k" * 256, "", '""', "two words"])
async def test_a_key_that_cannot_be_is_refused(client, services, path, key):
    answer = await client.post(path, json=PATHS[path], headers={"Idempotency-Key": key})
    assert (answer.status_code, effects(services)) == (400, 0)
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("refused", [{}, {"email": "ada@engines.test", "strategy": "guess"}])
async def test_what_was_refused_leaves_the_key_free(client, services, refused):
    assert (await client.post("/enrich", json=refused, headers=KEYED)).status_code == 422
    assert (await client.post("/enrich", json=ADA, headers=KEYED)).is_success
    assert len(services.asked) == 1


async def test_what_failed_leaves_the_key_free(client, services):
    services.failure = ServiceUnavailable("not now")
    assert (await client.post("/enrich", json=ADA, headers=KEYED)).status_code == 503
    services.failure = None
    again = await client.post("/enrich", json=ADA, headers=KEYED)
    assert again.is_success
    assert "idempotent-replayed" not in again.headers


async def test_the_answer_is_written_with_what_it_tells_and_can_be_found_by_it(client, services):
    reply = await client.post("/enrich", json=ADA, headers=KEYED)

    ((answer, about),) = services.kept_answers.kept.values()
    assert services.kept_answers.written == 1
    assert answer.body == reply.content
    assert about.enrichment_id == UUID(reply.json()["meta"]["enrichment_id"])
    assert any(subject.startswith(b"email ") for subject in about.subjects)


@pytest.mark.parametrize("path", ["/enrich", "/emails/verify"])
async def test_h72_who_was_suppressed_since_is_not_told_of_again(client, services, path):
    await client.post(path, json=PATHS[path], headers=KEYED)
    ((_, about),) = services.kept_answers.kept.values()
    services.subjects.suppressed.add(about.subjects[-1])
    again = await client.post(path, json=PATHS[path], headers=KEYED)
    assert "idempotent-replayed" not in again.headers
    assert effects(services) == 2


async def test_what_is_recorded_later_is_kept_by_itself(client, services):
    services.records = False
    first = await client.post("/enrich", json=ADA, headers=KEYED)
    again = await client.post("/enrich", json=ADA, headers=KEYED)
    assert services.kept_answers.written == 0
    assert again.content == first.content


async def test_a_plan_needs_no_key(client, services):
    for _ in range(2):
        plan = await client.post("/enrich?dry_run=true", json=ADA, headers=KEYED)
        assert "idempotent-replayed" not in plan.headers
    assert services.kept_answers.claims == {}


async def test_what_can_be_kept_no_more_is_told_all_the_same(client, services, monkeypatch):
    async def away(*_: object) -> None:
        raise ServiceUnavailable("away")

    services.records = False
    monkeypatch.setattr(services.kept_answers, "settle", away)
    assert (await client.post("/enrich", json=ADA, headers=KEYED)).status_code == 200


@pytest.mark.parametrize("path", ["/jobs/{job_id}/retry", "/webhook-endpoints/{endpoint_id}/test"])
async def test_what_is_not_there_leaves_the_key_free(client, services, path):
    """Nothing is held for twenty seconds by who mistyped an id."""
    for _ in range(2):
        reply = await client.post(path.format_map(IDS), headers=KEYED)
        assert reply.status_code == 404
    assert (services.kept_answers.claims, services.audit.written) == ({}, [])
    assert [status for *_, status in services.audit.noted] == [404, 404]
