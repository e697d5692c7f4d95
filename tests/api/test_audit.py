"""Who read and changed what is told to the audit log, without a word by which one could be read."""

import csv
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.api.fake_services import ACCOUNT, OTHER

from roleferry_enrich.domain.audits import AuditEntry

ADA = {"email": "Ada+crm@engines.test"}
CONTACT = "00000000-0000-0000-0000-000000000009"
KEY = "0123456789abcdefghijABCD"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOOK = {"url": "https://acme.test/hook", "events": ["enrichment.completed"]}


async def test_whom_a_read_was_about_is_noted_in_its_normal_form(client, services):
    await client.post("/enrich", json=ADA)
    await client.post("/emails/verify", json={"emails": ["ada@engines.test"]})

    (enriched, verified) = services.audit.noted
    assert enriched[0] == "enrichContact"
    assert [(form.kind, form.value) for form in enriched[2]] == [("email", "ada@engines.test")]
    assert verified == ("verifyEmails", None, enriched[2], 200)


@pytest.mark.parametrize(
    ("method", "path", "body", "noted"),
    [
        ("GET", f"/contacts/{CONTACT}", None, ("getContact", CONTACT, [], 404)),
        ("GET", "/contacts", None, ("listContacts", None, [], 200)),
        ("POST", "/enrich", {}, ("enrichContact", None, [], 422)),
        ("DELETE", f"/keys/{KEY}", None, ("revokeKey", KEY, [], 404)),
        ("GET", "/contacts/ada@engines.test", None, ("getContact", None, [], 422)),
        ("GET", "/account/audit", None, ("listAuditEntries", None, [], 200)),
    ],
)
async def test_what_was_asked_is_noted_with_how_it_ended(
    client, services, method, path, body, noted
):
    await client.request(method, path, json=body)
    assert services.audit.noted == [noted]


async def test_what_broke_is_noted_too(client, services):
    services.failure = RuntimeError("broken")
    await client.post("/enrich", json=ADA)
    assert [(operation, status) for operation, _, _, status in services.audit.noted] == [
        ("enrichContact", 500)
    ]


@pytest.mark.parametrize(
    ("path", "body", "written"),
    [
        ("/keys", {"name": "crm", "scopes": ["read"]}, ("createKey", 201)),
        ("/enrich/batch", {"items": [ADA]}, ("createBatch", 202)),
        ("/webhook-endpoints", HOOK, ("createWebhookEndpoint", 201)),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
async def test_what_changes_the_account_is_written_with_the_change(
    client, services, path, body, written, headers
):
    await client.post(path, json=body, headers=headers)
    assert (services.audit.written, services.audit.noted) == ([written], [])

    if headers:  # told once more, and not done once more
        await client.post(path, json=body, headers=headers)
        assert services.audit.written == [written]
        assert len(services.audit.noted) == 1


async def test_neither_strangers_nor_looks_at_the_service_are_noted(stranger, client, services):
    for path in ("/health/live", "/account", "/jobs", "/providers"):
        assert (await client.get(path)).is_success
    del client.headers["Authorization"]
    await stranger.post("/enrich", json=ADA)
    assert services.audit.noted == []


@pytest.fixture
def entries(services) -> list[AuditEntry]:
    services.audit.entries = [
        AuditEntry(
            id=UUID(int=number),
            account_id=OTHER.id if number == 2 else ACCOUNT.id,
            at=NOW - timedelta(minutes=number),
            key_id="k1",
            operation="getContact",
            resource=CONTACT,
            subjects=[b"\x01\xff"],
            status=200,
        )
        for number in range(1, 6)
    ]
    return services.audit.entries


async def test_the_log_is_read_page_by_page(client, entries):
    first = (await client.get("/account/audit", params={"limit": 3})).json()
    rest = (await client.get("/account/audit", params={"after": first["next"]})).json()

    assert [one["id"] for one in (*first["items"], *rest["items"])] == [
        str(entry.id) for entry in entries if entry.account_id == ACCOUNT.id
    ]
    assert (rest["next"], rest["items"][0]["subjects"]) == (None, ["01ff"])


async def test_the_log_is_exported_in_whole(client, entries):
    lines = await client.get("/account/audit", headers={"Accept": "application/x-ndjson"})
    sheet = await client.get("/account/audit", headers={"Accept": "text/csv"})

    assert len(lines.text.splitlines()) == len(entries) - 1
    rows = list(csv.DictReader(sheet.text.splitlines()))
    assert [row["id"] for row in rows] == [str(UUID(int=number)) for number in (1, 3, 4, 5)]
    assert rows[0]["subjects"] == "01ff"
