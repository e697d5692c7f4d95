"""`/privacy/suppressions`: who is suppressed, for whom, and what is told of it."""

from dataclasses import replace

import pytest
from tests.api import fake_services
from tests.api.fake_services import ACCOUNT
from tests.api.fake_suppressions import ENTRY_ID

from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.privacy.somebody import Somebody

PATH = "/privacy/suppressions"
ORLA = {"email": "Orla.Fenwick+x@Quillmere.test", "full_name": "Orla Fenwick"}


async def test_a_person_is_suppressed_by_all_that_is_known(client, services):
    made = await client.post(PATH, json={**ORLA, "domain": "quillmere.test", "reason": "by mail"})

    assert made.status_code == 201
    assert services.suppressions.asked == [(ACCOUNT.id, Somebody(**ORLA, domain="quillmere.test"))]
    told = made.json()
    assert [one["kind"] for one in told["identifiers"]] == ["email", "name_domain"]
    assert (told["reason"], told["source"], told["everywhere"]) == ("by mail", "api", False)
    assert "orla" not in made.text.lower()
    assert (await client.get(PATH)).json()["items"] == [told]


async def test_a_blank_reason_is_none(client, services):
    made = await client.post(PATH, json={**ORLA, "reason": " "})
    assert made.json()["reason"] == "objected"


async def test_a_suppression_ends_once(client):
    await client.post(PATH, json=ORLA)
    assert (await client.delete(f"{PATH}/{ENTRY_ID}")).status_code == 204
    assert (await client.delete(f"{PATH}/{ENTRY_ID}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "orla at quillmere"}, "email"),
        ({"phone": "020 7946 0000"}, "phone"),
        ({"phone": "1", "country": "Nowhere"}, "country"),
        ({"linkedin_url": "https://linkedin.com/company/quillmere"}, "linkedin_url"),
        ({**ORLA, "domain": "quillmere"}, "domain"),
        ({**ORLA, "company_number": "none"}, "company_number"),
        ({"full_name": "Orla Fenwick"}, ""),
        ({"domain": "quillmere.test"}, ""),
        ({}, ""),
    ],
)
async def test_what_would_suppress_nobody_is_refused(client, services, body, field):
    reply = await client.post(PATH, json=body)
    assert reply.status_code == 422
    assert [fault["field"] for fault in reply.json()["errors"]] == [field]
    assert services.suppressions.asked == []


@pytest.mark.parametrize("how", ["post", "get", "delete"])
async def test_only_an_operator_suppresses_for_everybody(client, services, monkeypatch, how):
    async def ask():
        if how == "post":
            return await client.post(PATH, json={**ORLA, "everywhere": True})
        path = PATH if how == "get" else f"{PATH}/{ENTRY_ID}"
        return await client.request(how, path, params={"everywhere": "true"})

    assert (await ask()).status_code == 403
    operator = replace(ACCOUNT, scopes=frozenset({Scope.OPERATOR, Scope.PRIVACY}))
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, operator)
    if how == "delete":
        await client.post(PATH, json={**ORLA, "everywhere": True})
    assert (await ask()).status_code < 300
    assert all(owner is None for owner, _ in services.suppressions.asked)
