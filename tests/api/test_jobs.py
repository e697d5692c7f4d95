"""Jobs over HTTP: shown, listed, watched, read in three forms, cancelled, retried."""

import csv
import io
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.api.fake_services import OTHER_KEY

from roleferry_enrich.api import examples, job_events
from roleferry_enrich.api.answers.jobs import SHEET_COLUMNS
from roleferry_enrich.domain.batches import ItemResult, ItemState
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import Conflict

ABSENT = UUID(int=99)
ROUTES = [
    ("GET", "/jobs/{}"),
    ("GET", "/jobs/{}/results"),
    ("GET", "/jobs/{}/events"),
    ("POST", "/jobs/{}/cancel"),
    ("POST", "/jobs/{}/retry"),
]


@pytest.fixture
async def job(client) -> dict:
    answer = await client.post("/enrich/batch", json={"items": [{"email": "ada@engines.test"}]})
    return answer.json()["job"]


def ended(number: int, reference: str | None = None) -> ItemResult:
    found = number % 2 == 1
    return ItemResult(
        number=number,
        reference=reference,
        state=ItemState.DONE if found else ItemState.FAILED,
        reason=None if found else "no_provider_answered",
        cost=MicroUsd(25_000),
        settled_at=datetime(2026, 3, 1, tzinfo=UTC),
        enrichment=examples.enrichment(Goal.PERSON) if found else None,
    )


async def test_a_job_is_shown(client, job):
    answer = await client.get(f"/jobs/{job['id']}")
    assert (answer.status_code, answer.json()) == (200, job)


async def test_jobs_are_listed(client, job):
    answer = await client.get("/jobs", params={"limit": 10})
    assert answer.json() == {"items": [job], "next": None}


@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_h18_anothers_job_is_like_an_absent_one(client, job, method, route):
    headers = {"Authorization": f"Bearer {OTHER_KEY}", "X-Request-ID": "same"}
    theirs = await client.request(method, route.format(job["id"]), headers=headers)
    nobodys = await client.request(method, route.format(ABSENT), headers=headers)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


@pytest.mark.parametrize(("method", "route"), [*ROUTES, ("GET", "/jobs")])
async def test_a_stranger_sees_nothing(stranger, method, route):
    answer = await stranger.request(method, route.format(ABSENT))
    assert answer.status_code == 401


async def test_results_come_page_by_page(client, services, job):
    services.jobs.ended = [ended(1, "crm-1"), ended(2)]
    answer = (await client.get(f"/jobs/{job['id']}/results", params={"limit": 1})).json()
    (item,) = answer["items"]
    assert (item["row"], item["reference"], item["state"]) == (1, "crm-1", "done")
    assert item["answer"]["full_name"] == "Maren Oakhurst"
    assert answer["complete"] is False
    rest = await client.get(f"/jobs/{job['id']}/results", params={"after": answer["next"]})
    assert rest.json()["items"][0]["answer"] is None
    assert rest.json()["next"] is None


async def test_results_come_whole_as_lines(client, services, job):
    services.jobs.ended = [ended(n) for n in range(1, 251)]
    headers = {"Accept": "application/x-ndjson"}
    answer = await client.get(f"/jobs/{job['id']}/results", headers=headers)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["row"] for line in answer.text.splitlines()] == list(range(1, 251))


async def test_h13_results_in_a_spreadsheet_run_nothing(client, services, job):
    services.jobs.ended = [ended(1, "=cmd|' /C calc'!A0"), ended(2, "@sum"), ended(3, "plain")]
    headers = {"Accept": "text/html, text/csv;q=0.9"}
    answer = await client.get(f"/jobs/{job['id']}/results", headers=headers)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["reference"] for row in rows] == ["'=cmd|' /C calc'!A0", "'@sum", "plain"]
    assert (rows[0]["full_name"], rows[0]["phone"]) == ("Maren Oakhurst", "'+442079460123")
    assert (rows[1]["full_name"], rows[1]["reason"]) == ("", "no_provider_answered")
    assert rows[0]["status"] == "partial"


async def test_progress_is_told_until_the_end(client, services, job, monkeypatch):
    monkeypatch.setattr(job_events, "_LOOK_S", 0.001)
    answer = await client.get(f"/jobs/{job['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    assert [lines[0] for lines in told] == ["event: progress", "event: end"]
    last = json.loads(told[-1][1].removeprefix("data: "))
    assert (last["state"], last["counts"]["done"]) == ("done", 1)


async def test_a_job_is_cancelled(client, job):
    answer = await client.post(f"/jobs/{job['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


async def test_what_failed_is_retried(client, job):
    answer = await client.post(f"/jobs/{job['id']}/retry")
    assert (answer.status_code, answer.json()["id"]) == (200, job["id"])


async def test_what_was_cancelled_is_not_retried(client, services, job):
    services.jobs.refusal = Conflict("the job was cancelled")
    answer = await client.post(f"/jobs/{job['id']}/retry")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "conflict")


def test_no_two_columns_of_the_sheet_have_one_name():
    assert len(set(SHEET_COLUMNS)) == len(SHEET_COLUMNS)
