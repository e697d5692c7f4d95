"""`POST /enrich/batch`: three forms, items judged one by one, accepted once for a key."""

from datetime import timedelta

import pytest
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.api.batch_rows import columns_of, csv_record
from roleferry_enrich.domain.batches import MOST_ITEMS, JobPriority
from roleferry_enrich.domain.enrichments import Strategy
from roleferry_enrich.domain.waterfalls import waterfalls
from roleferry_enrich.errors import ServiceUnavailable

ADA = {"email": "ada@engines.test"}
NDJSON = {"Content-Type": "application/x-ndjson"}
CSV = {"Content-Type": "text/csv"}


def only_job(services):
    ((account_id, new),) = services.jobs.made
    assert account_id == ACCOUNT.id
    return new


async def test_what_is_accepted_is_told_with_its_place(client, services):
    answer = await client.post("/enrich/batch", json={"items": [ADA] * 120})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert answer.headers["Location"] == f"/jobs/{job['id']}"
    assert int(answer.headers["Retry-After"]) == 3
    assert (job["state"], job["items"], job["counts"]["queued"]) == ("queued", 120, 120)
    assert answer.json()["errors"] == []
    assert [item.number for item in only_job(services).items] == list(range(1, 121))


async def test_the_other_name_is_the_same(client, services):
    answer = await client.post("/enrich/enqueue", json={"items": [ADA]})
    assert answer.status_code == 202
    assert only_job(services).items[0].request.keys.email == "ada@engines.test"


async def test_each_item_has_options_and_a_reference_of_its_own(client, services):
    items = [
        {**ADA, "reference": "crm-1", "strategy": "waterfall", "max_cost": 0.02},
        {**ADA, "enrich": ["title"], "deadline_ms": 500, "min_confidence": 0.5},
    ]
    await client.post("/enrich/batch", json={"items": items})
    first, second = only_job(services).items
    assert (first.reference, second.reference) == ("crm-1", None)
    assert first.request.options.strategy is Strategy.WATERFALL
    assert first.request.options.max_cost == 20_000
    assert first.request.options.deadline == timedelta(seconds=10)
    assert second.request.wanted == {"title"}
    assert second.request.options.deadline == timedelta(milliseconds=500)


async def test_the_jobs_own_settings(client, services):
    body = {"items": [ADA], "priority": "high", "max_cost": 12.5}
    body |= {"callback_url": "https://crm.test/x"}
    answer = await client.post("/enrich/batch", json=body)
    new = only_job(services)
    assert (new.priority, new.max_cost) == (JobPriority.HIGH, 12_500_000)
    assert new.callback_url == "https://crm.test/x"
    assert answer.json()["job"]["max_cost_usd"] == 12.5
    assert answer.json()["callback"] == {
        "endpoint_id": str(ACCOUNT.id),
        "secret": "whsec_of_this_account",
    }


async def test_a_job_that_calls_nobody_shows_no_secret(client):
    answer = await client.post("/enrich/batch", json={"items": [ADA]})
    assert answer.json()["callback"] is None


async def test_bad_items_are_named_and_good_ones_accepted(client, services):
    items = [
        {"email": "not-an-address"},
        ADA,
        {},
        {**ADA, "emial": "x"},
        "ada@engines.test",
        {**ADA, "full_name": "a\u0007b"},
        {**ADA, "sample_fallback": True},
        {**ADA, "providers": {"include": ["nobody"]}},
    ]
    answer = await client.post("/enrich/batch", json={"items": items})
    assert answer.status_code == 202
    told = answer.json()
    assert [(e["row"], e["field"], e["code"]) for e in told["errors"]] == [
        (1, "email", "invalid_email"),
        (3, "row", "identifier_required"),
        (4, "emial", "unknown_field"),
        (5, "row", "wrong_type"),
        (6, "full_name", "control_character"),
        (7, "sample_fallback", "not_in_a_batch"),
        (8, "providers.include[0]", "unknown_provider"),
    ]
    assert (told["job"]["items"], told["job"]["refused_items"]) == (1, 7)
    assert [item.number for item in only_job(services).items] == [2]
    assert "not-an-address" not in answer.text


async def test_a_batch_without_any_good_item_is_refused(client, services):
    answer = await client.post("/enrich/batch", json={"items": [{"email": "x"}, {}]})
    assert answer.status_code == 422
    fields = [fault["field"] for fault in answer.json()["errors"]]
    assert fields == ["items[0].email", "items[1].row"]
    assert services.jobs.made == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "items"),
        ({"items": []}, 422, "items"),
        ({"items": {}}, 422, "items"),
        ({"items": [ADA] * (MOST_ITEMS + 1)}, 422, "items"),
        ({"items": [ADA], "priority": "urgent"}, 422, "priority"),
        ({"items": [ADA], "max_cost": -1}, 422, "max_cost"),
        ({"items": [ADA], "account_id": "x"}, 422, "account_id"),
    ],
)
async def test_a_batch_that_is_none_is_refused_whole(client, services, body, status, field):
    answer = await client.post("/enrich/batch", json=body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field
    assert services.jobs.made == []


async def test_ndjson_is_an_item_a_line(client, services):
    sent = b'{"email": "ada@engines.test"}\n\nnot json\n{"domain": "engines.test"}\r\n'
    answer = await client.post(
        "/enrich/batch?priority=low&max_cost=1", content=sent, headers=NDJSON
    )
    assert answer.status_code == 202
    new = only_job(services)
    assert [(item.number, item.request.keys.domain) for item in new.items] == [
        (1, "engines.test"),
        (3, "engines.test"),
    ]
    assert [(e["row"], e["code"]) for e in answer.json()["errors"]] == [(2, "malformed")]
    assert (new.priority, new.max_cost) == (JobPriority.LOW, 1_000_000)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Person Linkedin Url", "linkedin_url"),
        ("Company Domain Name", "domain"),
        ("Account Name", "company_name"),
        ("Contact mail", "email"),
        ("Pr\u00e9nom", "first_name"),
        ("Country/Region", "country"),
    ],
)
def test_headings_of_usual_exports_are_known(heading, field):
    assert columns_of([heading, "Record ID"], {}) == {field: heading, "reference": "Record ID"}


def test_a_cell_that_says_nothing_is_empty():
    names = ["email", "first_name", "last_name", "company_name"]
    columns = {name: name for name in names}

    def read(*cells):
        return csv_record(cells, names, columns)

    assert read("a@b.test", "None", "NULL", "#N/A") == {"email": "a@b.test"}
    assert read("-", "Ada", "Null", "n/a") == {"first_name": "Ada", "last_name": "Null"}
    assert read("", "", "", "Nil Ltd") == {"company_name": "Nil Ltd"}


async def test_a_csvs_columns_are_guessed_and_shown(client, services):
    sent = (
        "\ufeffLead ID;Work E-Mail;First Name;Surname;Company;Notes;max cost\r\n"
        "7;ada@engines.test;Ada;Lovelace;Engines Ltd;knows maths;0.5\r\n"
        "8;;Charles;Babbage;Engines Ltd;;\r\n"
        "9;too;few\r\n"
        "\r\n"
        "10;;;;;only a note;\r\n"
        "11;ada@engines.test;;;;;dear\r\n"
    ).encode()
    answer = await client.post("/enrich/batch", content=sent, headers=CSV)
    assert answer.status_code == 202
    told = answer.json()
    assert told["columns"] == {
        "reference": "Lead ID",
        "email": "Work E-Mail",
        "first_name": "First Name",
        "last_name": "Surname",
        "company_name": "Company",
        "max_cost": "max cost",
    }
    ada, charles = only_job(services).items
    assert (ada.reference, ada.request.keys.full_name) == ("7", "Ada Lovelace")
    assert (charles.number, charles.request.keys.company_name) == (2, "Engines Ltd")
    assert ada.request.options.max_cost == 500_000
    assert [(e["row"], e["field"], e["code"]) for e in told["errors"]] == [
        (3, "row", "wrong_cells"),
        (4, "row", "identifier_required"),
        (5, "max_cost", "wrong_type"),
    ]


async def test_a_csvs_columns_may_be_named(client, services):
    sent = b"email,contact\nassistant@engines.test,ada@engines.test\n"
    url = "/enrich/batch?column=email:contact"
    answer = await client.post(url, content=sent, headers=CSV)
    assert answer.json()["columns"] == {"email": "contact"}
    assert only_job(services).items[0].request.keys.email == "ada@engines.test"


@pytest.mark.parametrize(
    ("query", "sent", "field"),
    [
        ("?column=email:nowhere", b"email\nada@engines.test\n", "column"),
        ("?column=shoe_size:email", b"email\nada@engines.test\n", "column[0]"),
        ("", b"shoe size,hat\n43,7\n", "column"),
        ("", b"email\n", "items"),
        ("?priority=urgent", b"email\nada@engines.test\n", "priority"),
    ],
)
async def test_a_csv_that_cannot_be_used_is_refused(client, query, sent, field):
    answer = await client.post(f"/enrich/batch{query}", content=sent, headers=CSV)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("sent", [b"email\n\xff\xfe\n", b""])
async def test_what_is_no_text_is_no_csv(client, sent):
    answer = await client.post("/enrich/batch", content=sent, headers=CSV)
    assert answer.status_code in {400, 422}


async def test_other_forms_are_refused(client):
    headers = {"Content-Type": "application/xml"}
    answer = await client.post("/enrich/batch", content=b"<items/>", headers=headers)
    assert answer.status_code == 415


async def test_h50_nothing_is_accepted_that_is_not_stored(client, services):
    services.jobs.refusal = ServiceUnavailable("the database cannot serve this just now")
    answer = await client.post("/enrich/batch", json={"items": [ADA]})
    assert answer.status_code == 503


async def test_a_stranger_is_not_listened_to(stranger, services):
    answer = await stranger.post("/enrich/batch", json={"items": [ADA]})
    assert (answer.status_code, services.jobs.made) == (401, [])


async def test_an_accounts_own_waterfall_is_meant_in_its_batches_too(client, services):
    services.named = waterfalls({}, of_accounts={ACCOUNT.id: "people"})
    items = [
        {**ADA, "strategy": "waterfall"},
        {**ADA, "strategy": "waterfall", "waterfall": "companies"},
    ]
    await client.post("/enrich/batch", json={"items": items})
    meant = [item.request.options.waterfall.name for item in only_job(services).items]
    assert meant == ["people", "companies"]


async def test_a_job_knows_the_key_that_sent_it(client, services):
    await client.post("/enrich/batch", json={"items": [ADA]})
    assert only_job(services).key_id == ACCOUNT.key_id
