"""`/account` and `/keys`: what may be made of a key, and what is shown of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.api import fake_services
from tests.api.fake_keys import KEY_ID, TOKEN, issued
from tests.api.fake_services import ACCOUNT, OTHER

from roleferry_enrich.accounts.account import KeyWish
from roleferry_enrich.domain.scopes import Scope

WISH = KeyWish(name="CRM import", scopes=frozenset({Scope.READ}))


@pytest.fixture
def given(monkeypatch):
    """The key in use has these scopes and no others."""

    def give(*scopes):
        monkeypatch.setitem(
            fake_services.KNOWN, fake_services.KEY, replace(ACCOUNT, scopes=frozenset(scopes))
        )

    return give


async def test_a_key_tells_whose_it_is_and_what_it_may_do(client, given):
    given(Scope.READ, Scope.ENRICH)
    reply = await client.get("/account")
    assert reply.json() == {
        "id": str(ACCOUNT.id),
        "name": "Testing",
        "key": {"id": "k1", "scopes": ["enrich", "read"]},
    }


async def test_a_key_is_shown_once(client):
    made = await client.post("/keys", json={"name": "CRM import", "scopes": ["read"]})
    assert made.status_code == 201
    assert made.json()["key"] == TOKEN
    (listed,) = (await client.get("/keys")).json()["items"]
    assert listed == {name: value for name, value in made.json().items() if name != "key"}
    assert listed["prefix"] == f"rfe_live_{KEY_ID}"


@pytest.mark.parametrize("days", [None, 1, 3_650])
async def test_a_key_is_made_as_wished(client, services, days):
    wanted = {"name": "CRM import", "scopes": ["read", "enrich"]}
    await client.post("/keys", json=wanted if days is None else {**wanted, "expires_in_days": days})
    ((maker, wish),) = services.keys.wishes
    assert maker.id == ACCOUNT.id
    assert wish == KeyWish(
        name="CRM import",
        scopes=frozenset({Scope.READ, Scope.ENRICH}),
        expires_in_days=days,
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes[0]"),
        ({"name": "x", "scopes": ["operator"]}, "scopes[0]"),
        ({"name": "x", "scopes": ["read"], "expires_in_days": 0}, "expires_in_days"),
        ({"name": "x", "scopes": ["read"], "account_id": str(OTHER.id)}, "account_id"),
    ],
)
async def test_a_wish_that_is_none_is_refused(client, services, body, field):
    reply = await client.post("/keys", json=body)
    assert reply.status_code == 422
    assert [fault["field"] for fault in reply.json()["errors"]] == [field]
    assert services.keys.wishes == []


async def test_a_key_gives_no_more_than_it_has(client, given, services):
    given(Scope.KEYS, Scope.READ)
    reply = await client.post("/keys", json={"name": "x", "scopes": ["read", "enrich"]})
    assert reply.status_code == 403
    assert "`enrich`" in reply.json()["detail"]
    assert services.keys.wishes == []


@pytest.mark.parametrize("stronger", [Scope.ENRICH, Scope.OPERATOR])
async def test_a_key_that_may_do_more_cannot_be_replaced(client, given, services, stronger):
    given(Scope.KEYS, Scope.READ)
    wish = replace(WISH, scopes=frozenset({Scope.READ, stronger}))
    services.keys.owned[ACCOUNT.id, KEY_ID] = issued(KEY_ID, wish)
    reply = await client.post(f"/keys/{KEY_ID}/rotate", json={})
    assert reply.status_code == 403
    assert f"`{stronger}`" in reply.json()["detail"]
    assert services.keys.rotations == []


@pytest.mark.parametrize(("body", "seconds"), [({}, 86_400), ({"overlap_s": 0}, 0)])
async def test_a_key_is_replaced_with_an_overlap(client, services, body, seconds):
    services.keys.owned[ACCOUNT.id, KEY_ID] = issued(KEY_ID, WISH)
    reply = await client.post(f"/keys/{KEY_ID}/rotate", json=body)
    assert reply.status_code == 200
    assert reply.json()["key"] == TOKEN
    assert services.keys.rotations == [(KEY_ID, timedelta(seconds=seconds), None)]


async def test_a_key_is_revoked(client, services):
    services.keys.owned[ACCOUNT.id, KEY_ID] = issued(KEY_ID, WISH)
    reply = await client.delete(f"/keys/{KEY_ID}")
    assert (reply.status_code, reply.content) == (204, b"")
    assert services.keys.revoked == [KEY_ID]


@pytest.mark.parametrize("key_id", ["nothing", "%00", "a" * 3_000, "%F0%9F%94%91"])
async def test_a_key_that_is_not_there_is_not_found(client, key_id):
    assert (await client.delete(f"/keys/{key_id}")).status_code == 404
    assert (await client.post(f"/keys/{key_id}/rotate", json={})).status_code == 404
