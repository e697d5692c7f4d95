"""`POST /webhooks/{provider}`: who gets that far, what is handed on, what is told."""

import pytest
from fastapi import FastAPI

from roleferry_enrich.errors import MalformedBody, ServiceUnavailable, WebhookRefused

BODY = b'{"id": "evt_1"}\r\n'
JSON = {"content-type": "application/json; charset=utf-8"}


async def sent(stranger, path="/webhooks/stripe", body=BODY, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await stranger.post(path, content=body, headers={**JSON, **named})


async def test_no_key_of_ours_is_needed_and_the_bytes_are_handed_on(stranger, services):
    reply = await sent(stranger, stripe_signature="t=1,v1=x")

    assert reply.status_code == 200
    assert reply.json() == {"events": 1, "new": 1}
    ((sender, body, headers, token),) = services.delivered
    assert (sender, body, token) == ("stripe", BODY, None)
    assert headers["stripe-signature"] == "t=1,v1=x"


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/sendgrid",
        "/webhooks/nobody",
        "/webhooks/stripe/token",
        "/webhooks/a%2Fb",
        "/webhooks/",
        "/webhooks",
    ],
)
async def test_who_is_not_listened_to_finds_nothing_as_at_any_path(stranger, services, path):
    reply = await sent(stranger, path)
    nowhere = await sent(stranger, "/nowhere")

    assert reply.status_code == 404
    assert services.delivered == []
    assert reply.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}


async def test_nothing_is_read_of_who_is_not_listened_to(stranger):
    reply = await sent(stranger, "/webhooks/nobody", b"x", content_type="text/plain")

    assert reply.status_code == 404


@pytest.mark.parametrize(
    ("failure", "status", "slug"),
    [
        (WebhookRefused("signature"), 401, "webhook-refused"),
        (WebhookRefused("stale"), 401, "webhook-refused"),
        (MalformedBody("the body is not JSON"), 400, "malformed-body"),
        (ServiceUnavailable("the database cannot serve this just now"), 503, "service-unavailable"),
    ],
)
async def test_a_refusal_is_a_problem_without_its_reason(stranger, services, failure, status, slug):
    services.failure = failure
    reply = await sent(stranger, body=b'{"email": "maren@quillmere.test"}')

    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"].endswith(slug)
    for told in ("maren", "signature", "stale"):
        assert told not in reply.text


async def test_every_refused_webhook_is_told_the_same(stranger, services):
    told = set()
    for fault in ("missing", "unreadable", "stale", "signature", "reused"):
        services.failure = WebhookRefused(fault)
        told.add((await sent(stranger)).json()["detail"])

    assert len(told) == 1


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_taken_in(stranger, services, media):
    reply = await sent(stranger, content_type=media)

    assert reply.status_code == 415
    assert services.delivered == []


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/webhooks/stripe", 256 * 1024, 200),
        ("/webhooks/stripe", 256 * 1024 + 1, 413),
        ("/webhooks/sendgrid", 1024 * 1024, 404),
        ("/webhooks/sendgrid", 1024 * 1024 + 1, 413),
    ],
)
async def test_a_body_may_be_so_large(stranger, path, size, status):
    assert (await sent(stranger, path, b" " * size)).status_code == status


async def test_h56_a_signature_of_a_megabyte_is_refused(stranger, services):
    assert (await sent(stranger, stripe_signature="x" * 1_000_000)).status_code == 431
    assert services.delivered == []


async def test_a_secret_in_the_path_is_in_no_scope_that_is_logged(app: FastAPI, stranger):
    seen = []

    class Watching:
        def __init__(self, inner) -> None:
            self._inner = inner

        async def __call__(self, scope, receive, send) -> None:
            async def noted(message) -> None:
                seen.append((scope["path"], scope["raw_path"]))
                await send(message)

            await self._inner(scope, receive, noted)

    app.add_middleware(Watching)
    await sent(stranger, "/webhooks/apollo/zzcanary-token")

    assert seen
    assert "zzcanary" not in str(seen)
