"""Who may ask, and for whom (H17 to H19)."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from tests.api import fake_services
from tests.api.fake_services import ACCOUNT, KEY, OTHER, OTHER_KEY

from roleferry_enrich.api import examples
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.scopes import Scope

SECURED = [
    ("POST", "/enrich"),
    ("POST", "/companies/executives"),
    ("POST", "/companies/enrich"),
    ("GET", f"/enrichments/{examples.ENRICHMENT_ID}"),
    ("GET", "/contacts"),
    ("GET", f"/contacts/{examples.CONTACT_ID}"),
    ("GET", f"/contacts/{examples.CONTACT_ID}/history"),
    ("GET", f"/companies/{examples.COMPANY_ID}/contacts"),
]


@pytest.mark.parametrize(("method", "path"), SECURED)
async def test_h17_without_a_key_nothing_is_served(stranger, services, method, path):
    reply = await stranger.request(method, path)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.json()["type"] == "urn:roleferry-enrich:problem:unauthenticated"
    assert services.asked == []


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic dGVzdDp0ZXN0",
        KEY.encode(),
        b"Bearer not-a-key",
        b"Bearer k\xc3\xa9y",
        b"Bearer " + b"k" * 4_000,
        b"Bearer " + b"k" * 10_000_000,
    ],
)
async def test_h17_a_key_that_is_none_is_refused(stranger, header):
    reply = await stranger.get("/contacts", headers={"Authorization": header})
    assert reply.status_code == 401
    assert len(reply.content) < 1_000


async def test_h17_a_stranger_is_refused_before_the_body_is_read(stranger):
    async def never():
        raise AssertionError("the body was read")
        yield b""

    reply = await stranger.post("/enrich", content=never())
    assert reply.status_code == 401


@pytest.mark.parametrize("query", [{"api_key": KEY}, {"Token": KEY}, {"x": "rfe_live_abc"}])
async def test_h17_a_key_in_the_url_is_refused_and_redacted(app, client, services, query):
    seen = []

    async def watching(scope, receive, send):
        await app(scope, receive, send)
        seen.append(scope["query_string"])

    transport = httpx.ASGITransport(watching)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as own:
        reply = await own.get("/contacts", params=query, headers=client.headers)
    assert reply.status_code == 401
    assert services.tokens == []
    assert seen == [b"redacted"]


async def test_a_key_is_resolved_once_a_request(client, services):
    await client.post("/enrich", json={"domain": "quillmere.test"})
    assert services.tokens == [KEY]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER  "])
async def test_the_scheme_is_case_insensitive(stranger, scheme):
    reply = await stranger.get("/contacts", headers={"Authorization": f"{scheme} {KEY}"})
    assert reply.status_code == 200


async def test_h18_another_accounts_objects_look_absent(client, services):
    enrichment = examples.enrichment(Goal.PERSON)
    services.stored[OTHER.id, enrichment.id] = enrichment
    foreign = await client.get(f"/enrichments/{enrichment.id}")
    absent = await client.get(f"/enrichments/{examples.CONTACT_ID}")
    assert foreign.status_code == absent.status_code == 404
    without_id = [{**reply.json(), "request_id": ""} for reply in (foreign, absent)]
    assert without_id[0] == without_id[1]
    own = await client.get(
        f"/enrichments/{enrichment.id}", headers={"Authorization": f"Bearer {OTHER_KEY}"}
    )
    assert own.status_code == 200


async def test_h19_headers_cannot_name_another_account(client, services):
    headers = {
        "X-Account-ID": str(OTHER.id),
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-User": "Another",
        "Forwarded": "for=127.0.0.1",
    }
    await client.post("/enrich", json={"domain": "quillmere.test"}, headers=headers)
    assert [account for _, account in services.asked] == [ACCOUNT]


async def test_an_operator_acts_for_the_account_it_names(client, services, operator):
    headers = {"X-Account-ID": str(OTHER.id)}
    await client.post("/enrich", json={"domain": "quillmere.test"}, headers=headers)
    ((_, account),) = services.asked
    assert (account.id, account.name, account.key_id) == (OTHER.id, OTHER.name, ACCOUNT.key_id)
    assert (await client.get("/account", headers=headers)).json()["id"] == str(OTHER.id)


async def test_an_operator_who_names_nobody_acts_for_its_own_account(client, services, operator):
    await client.post("/enrich", json={"domain": "quillmere.test"})
    assert [account.id for _, account in services.asked] == [ACCOUNT.id]


async def test_an_operator_may_do_what_its_key_may_and_no_more(client, services, monkeypatch):
    only = replace(ACCOUNT, scopes=frozenset({Scope.OPERATOR}))
    monkeypatch.setitem(fake_services.KNOWN, KEY, only)
    headers = {"X-Account-ID": str(OTHER.id)}
    reply = await client.post("/enrich", json={"domain": "quillmere.test"}, headers=headers)
    assert reply.status_code == 403
    assert services.asked == []


async def test_an_account_that_is_not_there_is_not_found(client, operator):
    reply = await client.get("/account", headers={"X-Account-ID": str(UUID(int=99))})
    assert (reply.status_code, reply.json()["detail"]) == (404, "there is no such account")


@pytest.mark.parametrize("named", [["acme"], [""], [str(OTHER.id), str(ACCOUNT.id)]])
async def test_an_operator_names_one_account_by_its_id(client, operator, named):
    headers = [*client.headers.items(), *(("X-Account-ID", name) for name in named)]
    reply = await client.get("/account", headers=headers)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "X-Account-ID"


@pytest.fixture
def operator(monkeypatch):
    scopes = ACCOUNT.scopes | {Scope.OPERATOR}
    monkeypatch.setitem(fake_services.KNOWN, KEY, replace(ACCOUNT, scopes=scopes))
