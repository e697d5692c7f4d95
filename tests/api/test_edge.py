"""Ids, safe headers and bounds that hold for every answer."""

import asyncio
import tracemalloc
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from tests.api.fake_services import KEY, FakeServices

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.edge import AnswerBroken, Edge
from roleferry_enrich.api.limits import LimitedIntake, Limits
from roleferry_enrich.errors import BodyTooLarge, BodyTooSlow


async def test_a_given_request_id_comes_back(client):
    reply = await client.get("/health/live", headers={"X-Request-ID": "batch-7.row_12"})
    assert reply.headers["x-request-id"] == "batch-7.row_12"


async def test_a_request_without_an_id_gets_a_new_one(client):
    ids = {(await client.get("/health/live")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("path", ["/health/live", "/contacts", "/nothing"])
async def test_every_answer_has_safe_headers(stranger, path):
    headers = (await stranger.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


async def test_only_by_https_are_browsers_told_to_stay_with_it(app):
    for scheme, told in [("https", "max-age=31536000"), ("http", None)]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"{scheme}://api.test"
        ) as client:
            headers = (await client.get("/health/live")).headers
            assert headers.get("strict-transport-security") == told


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/enrich", "POST"),
        ("/webhook-endpoints", "GET, POST"),
        ("/webhook-endpoints/00000000-0000-4000-8000-000000000000", "DELETE, GET, PATCH"),
    ],
)
async def test_a_method_that_is_none_is_told_all_that_are(client, path, allowed):
    reply = await client.put(path)
    assert reply.status_code == 405
    assert reply.headers["allow"] == allowed
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_long_url_is_refused(client):
    reply = await client.get("/contacts", params={"after": "x" * 9_000})
    assert reply.status_code == 414


async def test_long_headers_are_refused(client):
    reply = await client.get("/contacts", headers={"X-Filler": "x" * 9_000})
    assert reply.status_code == 431


async def test_an_answer_that_breaks_off_is_not_followed_by_another():
    sent = []

    async def broken(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "path": "/", "headers": []}
    with pytest.raises(AnswerBroken):
        await Edge(broken)(scope, None, send)
    assert sent == ["http.response.start"]


async def test_the_services_are_opened_and_closed_with_the_application(services):
    events = []

    @asynccontextmanager
    async def opening():
        events.append("opened")
        yield services
        events.append("closed")

    app = create_api(opening=opening)
    async with app.router.lifespan_context(app):
        assert app.state.services is services
        assert events == ["opened"]
    assert events == ["opened", "closed"]


def post_scope():
    return {
        "type": "http",
        "method": "POST",
        "path": "/enrich",
        "raw_path": b"/enrich",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"authorization", f"Bearer {KEY}".encode()),
        ],
    }


class Exchange:
    """One request given to the application piece by piece, and what it sent."""

    def __init__(self, *messages):
        self._messages = list(messages)
        self.sent = []

    async def receive(self):
        return self._messages.pop(0)

    async def send(self, message):
        self.sent.append(message)


async def test_a_client_that_goes_away_mid_body_asks_for_nothing(app, services):
    half = {"type": "http.request", "body": b'{"domain"', "more_body": True}
    exchange = Exchange(half, {"type": "http.disconnect"})
    await app(post_scope(), exchange.receive, exchange.send)
    assert exchange.sent[0]["status"] == 400
    assert services.asked == []


async def test_h21_a_client_that_goes_away_is_still_enriched_for(app, services):
    whole = {"type": "http.request", "body": b'{"domain":"quillmere.test"}'}
    exchange = Exchange(whole, {"type": "http.disconnect"})
    await app(post_scope(), exchange.receive, exchange.send)
    assert exchange.sent[0]["status"] == 200
    assert len(services.asked) == 1


async def test_a_body_that_never_begins_is_cut_in_time():
    async def app(scope, receive, send):
        await receive()

    async def never():
        await asyncio.Event().wait()

    impatient = Limits(body_time=timedelta(0))
    with pytest.raises(BodyTooSlow):
        await LimitedIntake(app, impatient)(post_scope(), never, None)


async def test_what_follows_the_body_may_take_any_time():
    received = []

    async def app(scope, receive, send):
        received.extend([await receive(), await receive()])

    whole, gone = {"type": "http.request", "body": b""}, {"type": "http.disconnect"}
    await LimitedIntake(app, Limits())(post_scope(), Exchange(whole, gone).receive, None)
    assert received == [whole, gone]


async def test_a_path_may_have_a_limit_of_its_own():
    async def app(scope, receive, send):
        await receive()

    limits = Limits(body=10, bodies={"/enrich": 100})
    body = {"type": "http.request", "body": b"x" * 100}
    await LimitedIntake(app, limits)(post_scope(), Exchange(body).receive, None)
    elsewhere = {**post_scope(), "path": "/companies/enrich"}
    with pytest.raises(BodyTooLarge):
        await LimitedIntake(app, limits)(elsewhere, Exchange(body).receive, None)


async def test_h08_of_a_body_declared_too_large_nothing_is_received():
    async def app(scope, receive, send):
        raise AssertionError("never asked")

    scope = {**post_scope(), "headers": [(b"content-length", b"10000000")]}
    with pytest.raises(BodyTooLarge):
        await LimitedIntake(app, Limits())(scope, Exchange().receive, None)


async def test_h08_of_a_huge_body_in_pieces_little_is_kept():
    pieces = 0

    async def receive():
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": bytes(64 * 1024), "more_body": True}

    exchange = Exchange()
    app = create_api(FakeServices())
    tracemalloc.start()
    try:
        await app(post_scope(), receive, exchange.send)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert exchange.sent[0]["status"] == 413
    assert pieces == 5
    assert most < 5_000_000
