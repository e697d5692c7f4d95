from importlib import resources

import httpx
from starlette.applications import Starlette

from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Spec, Window
from roleferry_enrich.sandbox.replay import Replay, recorded_in

SPEC = Spec(name="acme", title="Acme", docs="https://acme.test/docs", base_url="https://acme.test")
OPEN_WEB = Spec(
    name="pages", title="", docs="https://acme.test", base_url="https://acme.test", open_web=True
)


def exchange(outcome: str, *calls: tuple[dict, dict]) -> dict:
    rows = [{"request": request, "reply": reply} for request, reply in calls]
    return {"expect": {"outcome": outcome}, "calls": rows}


def client_of(spec: Spec, *exchanges: dict) -> httpx.AsyncClient:
    app = Starlette(routes=Replay(spec, exchanges).routes(None))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://acme.test")


ASK = {"method": "GET", "path": "/v1/people", "params": {"domain": "quillmere.test"}}


async def test_recorded_question_is_answered_whatever_the_order_of_parameters():
    ask = {"method": "GET", "path": "/v1/people", "params": {"a": "1", "b": "2"}}
    reply = {"status": 200, "json": {"found": True}, "headers": {"X-Left": "9"}}
    async with client_of(SPEC, exchange("found", (ask, reply))) as client:
        answer = await client.get("/v1/people?b=2&a=1")

    assert answer.json() == {"found": True}
    assert answer.headers["x-left"] == "9"


async def test_another_question_is_not_answered():
    async with client_of(SPEC, exchange("found", (ASK, {"status": 200, "json": {}}))) as client:
        assert (await client.get("/v1/people?domain=other.test")).status_code == 404
        assert (await client.post("/v1/people?domain=quillmere.test")).status_code == 404


async def test_body_of_a_post_is_part_of_the_question():
    ask = {"method": "POST", "path": "/v1/match", "json": {"b": [1], "a": "x"}}
    async with client_of(SPEC, exchange("found", (ask, {"status": 200, "json": 1}))) as client:
        assert (await client.post("/v1/match", json={"a": "x", "b": [1]})).status_code == 200
        assert (await client.post("/v1/match", json={"a": "x", "b": [2]})).status_code == 404
        assert (await client.post("/v1/match", content=b"not json")).status_code == 404


async def test_what_was_found_speaks_before_a_refusal_of_the_same_question():
    refused = exchange("rate_limited", (ASK, {"status": 429, "text": "slow down"}))
    found = exchange("found", (ASK, {"status": 200, "json": {}}))
    async with client_of(SPEC, refused, found) as client:
        assert (await client.get("/v1/people?domain=quillmere.test")).status_code == 200


async def test_question_asked_twice_in_an_exchange_is_answered_in_turn():
    polled = exchange("found", (ASK, {"status": 202}), (ASK, {"status": 200, "json": {}}))
    async with client_of(SPEC, polled) as client:
        got = [(await client.get("/v1/people?domain=quillmere.test")).status_code for _ in range(4)]

    assert got == [202, 200, 202, 200]


async def test_open_web_puts_the_host_before_the_path():
    ask = {"method": "GET", "path": "/team", "origin": "https://quillmere.test"}
    async with client_of(OPEN_WEB, exchange("found", (ask, {"status": 200, "text": "<p>"}))) as web:
        assert (await web.get("/quillmere.test/team")).text == "<p>"


def test_provider_without_exchanges_has_nothing_recorded(tmp_path):
    assert recorded_in(tmp_path / "absent.json") == ()


async def test_shipped_exchanges_are_answered():
    exchanges = recorded_in(resources.files("roleferry_enrich.sandbox") / "exchanges/hunter.json")
    async with client_of(catalogue()["hunter"].spec, *exchanges) as client:
        for call in (call for recorded in exchanges for call in recorded["calls"]):
            asked = call["request"]

            answer = await client.request(asked["method"], asked["path"], params=asked["params"])

            assert "no recorded exchange" not in answer.text


def test_windows_are_those_of_the_spec():
    replay = Replay(catalogue()["hunter"].spec, ())

    assert all(isinstance(window, Window) for window in replay.WINDOWS)
    assert replay.authorised(None) is None
    assert replay.throttled(0, 1, 2).status_code == 429
    assert replay.limit_headers(0, 1, 2) == {}
