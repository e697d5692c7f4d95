"""Ids, safe headers and bounds that hold for every answer."""

from contextlib import asynccontextmanager

import pytest

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.edge import AnswerBroken, Edge


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


async def test_the_documentation_may_load_its_scripts(stranger):
    reply = await stranger.get("/docs")
    assert reply.status_code == 200
    assert "content-security-policy" not in reply.headers


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
