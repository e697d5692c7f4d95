"""Personal addresses and numbers are shown to keys with the scope for them, and named to others."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.api import fake_services
from tests.api.fake_services import ACCOUNT, NOW

from roleferry_enrich.api import examples
from roleferry_enrich.domain.batches import ItemResult, ItemState
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.records import (
    Alternative,
    Confidence,
    ContactKind,
    ContactPoint,
    FieldValue,
    Source,
)
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.domain.stored import FieldChange, StoredContact

HOME, MOBILE, DESK = "zzcanary.ada@gmail.com", "+447700900123", "+442079460000"
SURE = Confidence(0.9)
SOURCES = (Source(provider="acme", origin="acme", observed_at=NOW, as_of=NOW.date()),)


def point(kind: ContactKind, value: str, label: str) -> ContactPoint:
    return ContactPoint(kind=kind, value=value, label=label, confidence=SURE, sources=SOURCES)


POINTS = (
    point(ContactKind.EMAIL, HOME, "personal"),
    point(ContactKind.EMAIL, "ada@engines.test", "business"),
    point(ContactKind.PHONE, MOBILE, "mobile"),
    point(ContactKind.PHONE, DESK, "switchboard"),
)


def field(value: str, *others: str) -> FieldValue:
    alternatives = tuple(Alternative(value=o, confidence=SURE, providers=("b",)) for o in others)
    return FieldValue(value=value, confidence=SURE, sources=SOURCES, alternatives=alternatives)


FIELDS = {
    "full_name": field("Ada Byron"),
    "business_email": field("ada@engines.test"),
    "personal_email": field(HOME),
    "phone": field(DESK, MOBILE),
}


@pytest.fixture
def without_scope(monkeypatch):
    scopes = ACCOUNT.scopes - {Scope.PERSONAL}
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, replace(ACCOUNT, scopes=scopes))


@pytest.fixture
def known(services):
    found = examples.enrichment(Goal.PERSON)
    person = replace(found.person, fields=FIELDS, contact_points=POINTS)
    services.answer = replace(found, person=person)
    contact = StoredContact(
        id=UUID(int=5), fields=FIELDS, contact_points=POINTS, confidence=SURE, company_id=None,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    services.owned[ACCOUNT.id, contact.id] = contact
    services.stored[ACCOUNT.id, found.id] = services.answer
    services.changes = tuple(
        FieldChange(field=name, old=None, new=said.value, enrichment_id=found.id, changed_at=NOW)
        for name, said in FIELDS.items()
    )
    services.jobs.ended = [
        ItemResult(
            number=1, reference=None, state=ItemState.DONE, reason=None, cost=MicroUsd(0),
            settled_at=NOW, enrichment=services.answer,
        )
    ]  # fmt: skip
    return services


async def test_each_request_says_whether_its_key_is_shown_them(client, known, without_scope):
    """So that nobody is charged for what is withheld."""
    await client.post("/enrich", json={"email": "ada@engines.test"})
    await client.post("/companies/executives", json={"domain": "engines.test"})
    await client.post("/enrich/batch", json={"items": [{"email": "ada@engines.test"}]})
    [(_, job)] = known.jobs.made
    asked = [request for request, _ in known.asked] + [item.request for item in job.items]
    assert [request.options.shows_personal for request in asked] == [False, False, False]


async def replies(client):
    answer = await client.post("/enrich", json={"email": "ada@engines.test"})
    job = await client.post("/enrich/batch", json={"items": [{"email": "ada@engines.test"}]})
    results = f"/jobs/{job.json()['job']['id']}/results"
    contact = f"/contacts/{UUID(int=5)}"
    ways = [contact, f"{contact}/history", "/contacts", results]
    ways.append(f"/enrichments/{answer.json()['meta']['enrichment_id']}")
    listed = [await client.get(way) for way in ways]
    files = [
        await client.get(results, headers={"Accept": it})
        for it in ("text/csv", "application/x-ndjson")
    ]
    return [answer, *listed, *files]


async def test_a_key_with_the_scope_is_shown_them(client, known):
    for reply in await replies(client):
        assert reply.status_code == 200
        assert HOME in reply.text, reply.request.url
    assert (await replies(client))[0].json()["meta"]["withheld"] == []
    [*_, (_, job)] = known.jobs.made
    asked = [request for request, _ in known.asked] + [item.request for item in job.items]
    assert all(request.options.shows_personal for request in asked)


async def test_a_key_without_it_is_shown_neither_and_told_so(client, known, without_scope):
    for reply in await replies(client):
        assert reply.status_code == 200
        assert HOME not in reply.text
        assert MOBILE not in reply.text
    answer, contact, *_ = await replies(client)
    assert answer.json()["meta"]["withheld"] == ["personal_email", "phone"]
    assert answer.json()["personal_email"] is None
    assert answer.json()["business_email"] == "ada@engines.test"
    # The company's own number is nobody's.
    assert answer.json()["phone"] == DESK
    assert contact.json()["withheld"] == ["personal_email", "phone"]
    assert [one["value"] for one in contact.json()["contact_points"]] == ["ada@engines.test", DESK]
