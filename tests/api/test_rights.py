"""`/privacy`: whose data is meant, who may mean everybody's, and what is never repeated."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.api import fake_services
from tests.api.fake_rights import CONTACT_ID
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.privacy.somebody import Somebody

EMAIL = "orla.fenwick@quillmere.test"


@pytest.fixture
def operator(monkeypatch) -> None:
    known = replace(ACCOUNT, scopes=frozenset({Scope.PRIVACY, Scope.OPERATOR}))
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, known)


@pytest.mark.parametrize("path", ["/privacy/erasures", "/privacy/access"])
async def test_an_account_reaches_its_own_data_alone(client, services, monkeypatch, path):
    only = replace(ACCOUNT, scopes=frozenset({Scope.PRIVACY}))
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, only)
    body = {"email": "Orla.Fenwick@QUILLMERE.test", "phone": "020 7946 0000", "country": "GB"}
    reply = await client.post(path, json=body)
    assert reply.status_code == 200
    refused = await client.post(path, json={**body, "everywhere": True})
    assert refused.status_code == 403
    assert services.rights.asked == [(ACCOUNT.id, Somebody(**body))]


async def test_an_operator_erases_everywhere(client, services, operator):
    reply = await client.post("/privacy/erasures", json={"email": EMAIL, "everywhere": True})
    assert reply.json()["everywhere"] is True
    assert services.rights.asked[0][0] is None
    erasure_id = reply.json()["id"]
    assert (await client.get(f"/privacy/erasures/{erasure_id}")).json() == reply.json()


async def test_a_receipt_is_read_again_by_its_account(client):
    made = (await client.post("/privacy/erasures", json={"email": EMAIL})).json()
    assert (await client.get(f"/privacy/erasures/{made['id']}")).json() == made
    assert (await client.get("/privacy/erasures")).json()["items"] == [made]
    assert (await client.get(f"/privacy/erasures/{UUID(int=99)}")).status_code == 404


async def test_what_cannot_be_read_is_named_and_not_repeated(client):
    body = {"email": "orla at quillmere", "phone": "12", "full_name": "Orla Fenwick"}
    reply = await client.post("/privacy/erasures", json=body)
    assert reply.status_code == 422
    assert {fault["field"] for fault in reply.json()["errors"]} == {"email", "phone"}
    assert "quillmere" not in reply.text


async def test_who_has_not_been_told_is_listed_and_marked(client, services):
    page = (await client.get("/privacy/unnoticed")).json()
    assert page["items"][0]["tell_by"] == "2026-04-01T09:30:00Z"
    sheet = (await client.get("/privacy/unnoticed", headers={"Accept": "text/csv"})).text
    assert sheet.splitlines()[0].startswith("contact_id,full_name")
    assert sheet.count("'=Orla Fenwick") == 2
    body = {"contact_ids": [str(CONTACT_ID)], "how": "mail"}
    assert (await client.post("/privacy/notices", json=body)).json() == {"marked": 1}
    assert services.rights.told == [(ACCOUNT.id, (CONTACT_ID,), "mail", None)]


@pytest.mark.parametrize("told_at", ["", "1774949400", 1774949400, "2026-03-31 09:30Z"])
async def test_a_moment_comes_in_the_form_that_is_documented(client, services, told_at):
    body = {"contact_ids": [str(CONTACT_ID)], "how": "mail"}
    reply = await client.post("/privacy/notices", json={**body, "told_at": told_at})
    assert [fault["field"] for fault in reply.json()["errors"]] == ["told_at"]
    for right in ("2026-03-31T09:30:00Z", "2026-03-31t09:30:00.25+02:00"):
        reply = await client.post("/privacy/notices", json={**body, "told_at": right})
        assert reply.status_code == 200
