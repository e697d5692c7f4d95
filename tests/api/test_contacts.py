"""Stored contacts: pages, one, and its history."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter
from tests.api.fake_services import ACCOUNT, OTHER

from roleferry_enrich.api import examples
from roleferry_enrich.api.schemas.contacts import ContactData, ContactPage, HistoryPage
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.stored import FieldChange, StoredContact

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def contact() -> StoredContact:
    person = examples.enrichment(Goal.PERSON).person
    return StoredContact(
        id=examples.CONTACT_ID,
        fields=person.fields,
        contact_points=person.contact_points,
        company_id=None,
        confidence=person.confidence,
        created_at=NOW,
        updated_at=NOW,
    )


async def test_a_page_says_where_the_next_begins(client, services, contact):
    services.owned[ACCOUNT.id, contact.id] = contact
    services.owned[ACCOUNT.id, examples.COMPANY_ID] = contact
    reply = await client.get("/contacts", params={"limit": 1, "after": "cursor-1"})
    page = TypeAdapter(ContactPage).validate_json(reply.content)
    assert len(page["items"]) == 1
    assert page["next"] == "cursor-2"
    assert services.pages_asked == [(ACCOUNT.id, "cursor-1", 1, None)]


async def test_pages_have_twenty_five_entries_unless_told(client, services):
    await client.get("/contacts")
    assert services.pages_asked == [(ACCOUNT.id, None, 25, None)]


async def test_a_contact_is_shown_with_its_evidence(client, services, contact):
    services.owned[ACCOUNT.id, contact.id] = contact
    reply = await client.get(f"/contacts/{contact.id}")
    TypeAdapter(ContactData).validate_json(reply.content)
    shown = reply.json()
    assert (shown["full_name"], shown["city"]) == ("Maren Oakhurst", None)
    assert set(shown["provenance"]) == set(contact.fields)
    assert shown["created_at"] == "2026-03-02T09:30:00Z"


async def test_history_names_the_enrichment_that_changed_a_field(client, services, contact):
    services.owned[ACCOUNT.id, contact.id] = contact
    services.changes = (
        FieldChange(
            field="technologies",
            old=None,
            new=("React",),
            changed_at=NOW,
            enrichment_id=examples.ENRICHMENT_ID,
        ),
    )
    reply = await client.get(f"/contacts/{contact.id}/history")
    TypeAdapter(HistoryPage).validate_json(reply.content)
    assert reply.json()["items"] == [
        {
            "field": "technologies",
            "old": None,
            "new": ["React"],
            "changed_at": "2026-03-02T09:30:00Z",
            "enrichment_id": str(examples.ENRICHMENT_ID),
        }
    ]


@pytest.mark.parametrize("tail", ["", "/history"])
async def test_h18_another_accounts_contact_looks_absent(client, services, contact, tail):
    services.owned[OTHER.id, contact.id] = contact
    foreign = await client.get(f"/contacts/{contact.id}{tail}")
    absent = await client.get(f"/contacts/{examples.COMPANY_ID}{tail}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
