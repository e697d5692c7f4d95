"""Every refusal is a problem of one shape, and none repeats what was sent (H78)."""

from datetime import timedelta

import httpx
import pytest
import structlog
from pydantic import TypeAdapter

from roleferry_enrich.api.schemas.problem import Problem
from roleferry_enrich.errors import (
    InsufficientCredits,
    ServiceUnavailable,
    TooManyRequests,
)

CANARY = "canary.person@canary-corp.test"
PROBLEM = TypeAdapter(Problem)


def assert_problem(reply: httpx.Response, status: int, slug: str) -> None:
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = PROBLEM.validate_json(reply.content)
    assert problem["status"] == status
    assert problem["type"] == f"urn:roleferry-enrich:problem:{slug}"
    assert problem["request_id"] == reply.headers["x-request-id"]


async def test_no_such_path(client):
    assert_problem(await client.get("/nothing/here"), 404, "not-found")


async def test_wrong_method_names_the_right_one(client):
    reply = await client.delete("/enrich")
    assert_problem(reply, 405, "method-not-allowed")
    assert reply.headers["allow"] == "POST"


async def test_an_invalid_path_parameter_is_named(client):
    reply = await client.get("/contacts/not-a-uuid")
    assert_problem(reply, 422, "invalid-query")
    assert reply.json()["errors"] == [
        {"field": "contact_id", "code": "wrong_type", "message": "must be a UUID"}
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"after": "\x00"}, "after"),
        ({"after": "x" * 600}, "after"),
    ],
)
async def test_an_invalid_query_parameter_is_named(client, query, field):
    reply = await client.get("/contacts", params=query)
    assert_problem(reply, 422, "invalid-query")
    assert [e["field"] for e in reply.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("failure", "status", "slug"),
    [
        (InsufficientCredits("the cap is reached"), 402, "insufficient-credits"),
        (TooManyRequests("slower", retry_after=timedelta(seconds=1.2)), 429, "too-many-requests"),
        (ServiceUnavailable("no database", retry_after=timedelta(0)), 503, "service-unavailable"),
    ],
)
async def test_refusals_from_below_keep_their_status(client, services, failure, status, slug):
    services.failure = failure
    reply = await client.post("/enrich", json={"domain": "quillmere.test"})
    assert_problem(reply, status, slug)
    assert reply.json()["detail"] == failure.detail


async def test_the_time_to_wait_is_whole_seconds_rounded_up(client, services):
    services.failure = TooManyRequests("slower", retry_after=timedelta(seconds=1.2))
    reply = await client.post("/enrich", json={"domain": "quillmere.test"})
    assert reply.headers["retry-after"] == "2"


async def test_what_is_unexpected_is_a_500_without_a_word_of_why(client, services):
    services.failure = KeyError(CANARY)
    with structlog.testing.capture_logs() as logs:
        reply = await client.post("/enrich", json={"domain": "quillmere.test"})
    assert_problem(reply, 500, "internal-error")
    assert CANARY not in reply.text
    (entry,) = logs
    assert (entry["event"], entry["error"]) == ("api.request.failed", "KeyError")
    assert entry["at"].startswith("fake_services.py:")
    assert CANARY not in str(logs)


@pytest.mark.parametrize(
    "body",
    [
        {"email": CANARY, "unknown": CANARY},
        {"email": CANARY, CANARY: 1},
        {"email": [CANARY]},
        {"email": {"a": CANARY}},
        {"email": CANARY, "enrich": [CANARY]},
        {"email": CANARY, "enrich": CANARY},
        {"email": CANARY, "strategy": CANARY},
        {"email": CANARY, "deadline_ms": CANARY},
        {"email": CANARY, "max_cost": CANARY},
        {"email": CANARY, "sample_fallback": CANARY},
        {"email": CANARY, "providers": {"include": [CANARY]}},
        {"email": CANARY, "providers": {CANARY: [CANARY]}},
        {"email": CANARY, "providers": CANARY},
        {"email": f"{CANARY} {CANARY}"},
        {"domain": "canary"},
        {"domain": "a.test", "linkedin_url": CANARY},
        {"domain": "a.test", "country": CANARY},
        {"domain": "a.test", "company_number": CANARY},
        {"full_name": CANARY * 20},
        {"full_name": f"{CANARY}\x00"},
        {f"{CANARY}\x00": 1},
    ],
)
async def test_h78_a_refusal_never_repeats_a_value(client, body):
    reply = await client.post("/enrich", json=body)
    assert reply.status_code == 422
    assert "canary" not in reply.text.lower()


@pytest.mark.parametrize(
    "body", [CANARY, f'"{CANARY}"', f'{{"email": {CANARY}}}', f'{{"email":"{CANARY}"', f"[{CANARY}"]
)
async def test_h78_an_unreadable_body_is_not_repeated(client, body):
    reply = await client.post("/enrich", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert "canary" not in reply.text.lower()


@pytest.mark.parametrize(
    "path",
    [f"/{CANARY}", f"/contacts/{CANARY}", f"/contacts?limit={CANARY}", f"/contacts?key={CANARY}"],
)
async def test_h78_a_url_is_not_repeated(client, path):
    reply = await client.get(path)
    assert reply.status_code in {401, 404, 422}
    assert "canary" not in reply.text.lower()


async def test_h78_nothing_of_a_body_reaches_the_log(client):
    with structlog.testing.capture_logs() as logs:
        await client.post("/enrich", json={"email": CANARY, "unknown": CANARY})
    assert "canary" not in str(logs).lower()
