"""Each request of an account is counted, and each answer says what is left."""

import pytest
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.accounts.quotas import QuotaExceeded
from roleferry_enrich.api.refusals import QUOTA_USED_UP

POLICY = '"minute";q=100;w=60, "hour";q=1000;w=3600'
LEFT = '"minute";r=99;t=60, "hour";r=999;t=3600'


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/enrich", {"email": "a@b.test"}, 200),
        ("/enrich", {}, 422),
        ("/enrich/batch", {"items": [{"email": "a@b.test"}]}, 202),
        ("/contacts", None, 200),
        ("/contacts/00000000-0000-0000-0000-000000000009", None, 404),
    ],
)
async def test_every_answer_tells_what_is_left(client, services, path, body, status):
    method = "GET" if body is None else "POST"
    reply = await client.request(method, path, json=body)

    assert reply.status_code == status
    assert reply.headers["ratelimit-policy"] == POLICY
    assert reply.headers["ratelimit"] == LEFT
    assert services.quotas.counted == [ACCOUNT.id]


async def test_a_refusal_names_the_windows_in_the_registered_way(client, services):
    services.quotas.refusal = QuotaExceeded(QUOTA_USED_UP)

    reply = await client.post("/enrich", json={"email": "a@b.test"})

    assert reply.status_code == 429
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["retry-after"] == "17"
    assert reply.headers["ratelimit"].startswith('"minute";r=0;t=17, "hour";r=620;t=41')
    problem = reply.json()
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert problem["violated-policies"] == ["minute"]
    assert problem["detail"] == "the account may make 100 requests per minute"
    assert services.asked == []


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/docs", "/openapi.json", "/metrics"]
)
async def test_who_looks_after_the_service_is_not_counted(stranger, services, path):
    reply = await stranger.get(path)

    assert reply.status_code == 200
    assert "ratelimit" not in reply.headers
    assert services.quotas.counted == []


async def test_what_providers_send_is_not_counted(stranger, services):
    assert (await stranger.post("/webhooks/stripe", json={})).status_code < 300
    assert services.quotas.counted == []


async def test_who_shows_no_key_is_not_counted(stranger, services):
    reply = await stranger.post("/enrich", json={"email": "a@b.test"})

    assert reply.status_code == 401
    assert "ratelimit" not in reply.headers
    assert services.quotas.counted == []
