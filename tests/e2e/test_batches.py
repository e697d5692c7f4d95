"""A batch over everything: HTTP, PostgreSQL, workers that are killed, and what it costs."""

import asyncio
import csv
import io
import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from tests.e2e.installation import PROGRAM, Installation
from tests.processes import eventually

from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.sandbox.population import populate
from roleferry_enrich.storage.engine import driver_url

END = timedelta(seconds=90)
# Not those of the first company, whom other tests ask for.
PEOPLE = [
    person.email
    for person in populate(7, 500).people
    if person.email and not person.email.endswith("@quillmere.test")
]
# Nobody else of the account pays for anything while a test runs.
_SINCE = """
    FROM provider_calls JOIN jobs USING (account_id)
    WHERE jobs.id = $1::text::uuid AND provider_calls.sent_at >= jobs.created_at
"""
FINISHED = {"done", "cancelled"}
PRICE = catalogue()["hunter"].spec.credit_price


class Batches:
    """Batches of one account, and what they cost at the sandbox."""

    def __init__(self, client: httpx.Client, installation: Installation) -> None:
        self.client = client
        self._sandbox = installation.sandbox

    def post(self, items: list[dict[str, Any]], **more: object) -> dict[str, Any]:
        answer = self.client.post("/enrich/batch", json={"items": items, **more})
        assert answer.status_code == 202, answer.text
        return answer.json()["job"]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.client.get(f"/jobs/{job_id}").json()

    def finished(self, job_id: str) -> dict[str, Any]:
        assert eventually(lambda: self.job(job_id)["state"] in FINISHED, within=END)
        return self.job(job_id)

    def results(self, job_id: str) -> list[dict[str, Any]]:
        headers = {"Accept": "application/x-ndjson"}
        answer = self.client.get(f"/jobs/{job_id}/results", headers=headers)
        return [json.loads(line) for line in answer.text.splitlines()]

    def calls(self, provider: str = "hunter") -> int:
        return self._sandbox.calls(provider)

    def slow(self, seconds: float) -> None:
        self._sandbox.plan("hunter", "slow", seconds=seconds)

    def quick(self) -> None:
        self._sandbox.clear()


@pytest.fixture
def batches(client: httpx.Client, installation: Installation) -> Iterator[Batches]:
    batches = Batches(client, installation)
    yield batches
    batches.quick()


@pytest.fixture
def start_worker(installation: Installation) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Workers beside the installation's own, which a test may kill."""
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            worker = subprocess.Popen(
                [*PROGRAM, "worker"], env=installation.environment, stderr=subprocess.PIPE
            )
            stack.callback(worker.communicate)
            stack.callback(worker.kill)
            assert worker.stderr is not None
            assert any(b"worker.started" in line for line in worker.stderr)
            # Read on, lest it waits for us.
            os.set_blocking(worker.stderr.fileno(), False)
            return worker

        yield start


@pytest.fixture
def rows(database_url: str) -> Callable[..., list[asyncpg.Record]]:
    def ask(sql: str, *given: object) -> list[asyncpg.Record]:
        async def asking() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(driver_url(database_url))
            try:
                return await connection.fetch(sql, *given)
            finally:
                await connection.close()

        return asyncio.run(asking())

    return ask


def asked(address: str, **more: object) -> dict[str, Any]:
    """Of Hunter alone, which is asked for one at a time."""
    only = {"providers": {"include": ["hunter"]}, "enrich": ["full_name", "title"]}
    return {"email": address, **only, **more}


def test_three_hundred_items_with_twins_are_each_answered_and_asked_once(batches, promise, rows):
    addresses = PEOPLE[:100]
    items = [asked(a, reference=f"{n}-{a}") for n in range(3) for a in addresses]
    before = batches.calls()
    job = batches.post(items)
    assert (job["items"], job["state"]) == (300, "queued")
    done = batches.finished(job["id"])

    assert sum(done["counts"].values()) == 300
    assert done["counts"]["done"] + done["counts"]["not_found"] == 300
    assert batches.calls() - before == 100
    assert done["cost_usd"] == pytest.approx(_cost(rows, job["id"]))
    assert done["cache_hits"] >= 200
    results = batches.results(job["id"])
    assert [item["row"] for item in results] == list(range(1, 301))
    assert [item["reference"] for item in results] == [item["reference"] for item in items]
    names = {}
    for item in results:
        names.setdefault(items[item["row"] - 1]["email"], set()).add(item["answer"]["full_name"])
    assert all(len(said) == 1 for said in names.values())

    answer = batches.client.get(f"/jobs/{job['id']}/results", params={"limit": 7})
    promise.holds_for("getJobResults", answer)
    sheet = batches.client.get(f"/jobs/{job['id']}/results", headers={"Accept": "text/csv"})
    promise.holds_for("getJobResults", sheet)
    assert len(list(csv.DictReader(io.StringIO(sheet.text)))) == 300


def test_twins_of_two_running_batches_are_asked_once(batches, start_worker, rows):
    start_worker()
    batches.slow(0.2)
    addresses = PEOPLE[100:160]
    before = batches.calls()
    jobs = [batches.post([asked(address) for address in addresses]) for _ in range(3)]
    ends = [batches.finished(job["id"]) for job in jobs]

    assert batches.calls() - before == 60
    booked = _cost(rows, jobs[0]["id"])
    assert sum(end["cost_usd"] for end in ends) == pytest.approx(booked)


def test_a_company_is_asked_once_for_all_its_people(batches):
    company = next(one for one in populate(7, 500).companies[5:] if one.domain)
    before = batches.calls("companies_house"), batches.calls("website")
    items = [
        {
            "full_name": f"Nobody Known{n}",
            "domain": company.domain,
            "company_name": company.name,
            "providers": {"include": ["companies_house", "website"]},
        }
        for n in range(30)
    ]
    batches.finished(batches.post(items)["id"])
    made = batches.calls("companies_house") - before[0], batches.calls("website") - before[1]
    alone = _calls_of_one_company(batches, 6)

    assert max(made) <= 3 * max(alone)


def _calls_of_one_company(batches: Batches, place: int) -> tuple[int, int]:
    company = [one for one in populate(7, 500).companies[5:] if one.domain][place]
    before = batches.calls("companies_house"), batches.calls("website")
    item = {
        "full_name": "Nobody Known",
        "domain": company.domain,
        "company_name": company.name,
        "providers": {"include": ["companies_house", "website"]},
    }
    batches.finished(batches.post([item])["id"])
    return batches.calls("companies_house") - before[0], batches.calls("website") - before[1]


def test_no_call_goes_beyond_the_jobs_money(batches):
    before = batches.calls()
    cap = 5 * PRICE / 1_000_000
    job = batches.post([asked(address) for address in PEOPLE[200:240]], max_cost=cap)
    done = batches.finished(job["id"])

    assert done["cost_usd"] == pytest.approx(cap)
    assert done["counts"]["done"] == 5
    # Whom the provider does not know costs nothing.
    assert batches.calls() - before == 5 + done["counts"]["not_found"]
    failed = [item for item in batches.results(job["id"]) if item["state"] == "failed"]
    assert {item["reason"] for item in failed} == {"budget"}


def test_h54_a_cancelled_batch_asks_nobody_any_more(batches, rows):
    batches.slow(0.5)
    before = batches.calls()
    job = batches.post([asked(address) for address in PEOPLE[240:440]])
    assert eventually(lambda: batches.calls() > before)
    cancelled = batches.client.post(f"/jobs/{job['id']}/cancel").json()
    assert cancelled["state"] == "cancelled"
    assert cancelled["counts"]["queued"] == cancelled["counts"]["running"] == 0
    batches.quick()
    other = batches.post([asked(address) for address in PEOPLE[440:450]])
    made = batches.calls()
    batches.finished(other["id"])

    # Those that ran are told with the next renewal; nothing that waited is begun.
    assert batches.calls() - before <= 100
    assert batches.calls() - made <= 10 + 40
    again = batches.client.post(f"/jobs/{job['id']}/cancel").json()
    assert again["counts"] == cancelled["counts"]
    # What was under way comes in late; the next test counts by the books.
    unsettled = "SELECT 1 FROM call_intents WHERE reply IS NULL"
    assert eventually(lambda: not rows(unsettled), within=END)


def test_h46_workers_that_are_killed_lose_nothing_and_pay_for_nothing_twice(
    batches, start_worker, rows
):
    workers = [start_worker(), start_worker()]
    batches.slow(0.8)
    addresses = PEOPLE[450:700]
    before = batches.calls()
    job = batches.post([asked(address) for address in addresses + addresses[:50]])
    assert eventually(lambda: batches.calls() - before >= 60)
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)
    done = batches.finished(job["id"])

    assert sum(done["counts"].values()) == 300
    assert done["counts"]["done"] + done["counts"]["not_found"] == 300
    calls = batches.calls() - before
    # The worker writes off what nobody asked for again, a little later.
    assert eventually(lambda: _booked(rows, job["id"]) >= calls, within=END)
    assert eventually(lambda: _cost(rows, job["id"]) == pytest.approx(done["cost_usd"]), within=END)
    # A call whose answer died with its worker is made once more, and that is all.
    assert len(addresses) <= calls <= len(addresses) + _booked(rows, job["id"], "lost")
    assert max(row["deaths"] for row in _items(rows, job["id"])) == 1
    assert [item["row"] for item in batches.results(job["id"])] == list(range(1, 301))


def test_h52_workers_that_are_told_to_stop_burn_no_try(batches, start_worker, rows):
    batches.slow(0.3)
    addresses = PEOPLE[700:900]
    before = batches.calls()
    worker = start_worker()
    job = batches.post([asked(address) for address in addresses])
    for n in range(3):
        assert eventually(lambda n=n: batches.calls() - before > 40 * n)
        worker.send_signal(signal.SIGTERM)
        follower = start_worker()
        assert worker.wait(30) == 0
        worker = follower
    done = batches.finished(job["id"])

    assert done["counts"]["done"] + done["counts"]["not_found"] == 200
    assert batches.calls() - before == 200
    assert {row["deaths"] for row in _items(rows, job["id"])} == {0}


def _items(rows, job_id: str) -> list[asyncpg.Record]:
    return rows("SELECT * FROM job_items WHERE job_id = $1::text::uuid", job_id)


def _booked(rows, job_id: str, outcome: str | None = None) -> int:
    found = rows(f"SELECT outcome {_SINCE}", job_id)
    counted = Counter(row["outcome"] for row in found)
    return counted.total() if outcome is None else counted[outcome]


def _cost(rows, job_id: str) -> float:
    """In dollars, by the books."""
    (row,) = rows(f"SELECT coalesce(sum(cost), 0) AS cost {_SINCE}", job_id)
    return float(row["cost"]) / 1_000_000


def test_h53_a_small_batch_of_another_account_need_not_wait_for_a_large_one(
    batches, other_client, installation
):
    batches.slow(0.3)
    large = batches.post([asked(address) for address in PEOPLE[900:1500]])
    theirs = Batches(other_client, installation)
    small = theirs.post([asked(PEOPLE[1501])])
    theirs.finished(small["id"])

    assert batches.job(large["id"])["state"] == "running"
    assert batches.client.post(f"/jobs/{large['id']}/cancel").is_success


def test_a_key_makes_one_job(client, promise):
    headers = {"Idempotency-Key": "e2e-1"}
    body = {"items": [asked(PEOPLE[0])]}
    first = client.post("/enrich/batch", json=body, headers=headers)
    again = client.post("/enrich/batch", json=body, headers=headers)
    promise.holds_for("createBatch", first)
    assert first.headers["Location"] == again.headers["Location"]
    other = client.post("/enrich/batch", json={"items": [{}, asked(PEOPLE[1])]}, headers=headers)
    promise.holds_for("createBatch", other)
    assert other.status_code == 422


def test_progress_is_told_as_it_happens(batches, promise):
    job = batches.post([asked(address) for address in PEOPLE[:3]])
    with batches.client.stream("GET", f"/jobs/{job['id']}/events") as stream:
        told = [line for line in stream.iter_lines() if line.startswith("event: ")]
    assert set(told[:-1]) <= {"event: progress"}
    assert told[-1] == "event: end"
    promise.holds_for("getJob", batches.client.get(f"/jobs/{job['id']}"))
    promise.holds_for("listJobs", batches.client.get("/jobs"))


def test_what_failed_is_asked_once_more(batches, installation, promise):
    installation.sandbox.plan("hunter", "503")
    job = batches.post([asked(PEOPLE[1600]), asked(PEOPLE[1601])])
    assert batches.finished(job["id"])["counts"]["failed"] == 2
    batches.quick()
    answer = batches.client.post(f"/jobs/{job['id']}/retry")
    promise.holds_for("retryJob", answer)
    done = batches.finished(job["id"])
    assert done["counts"]["failed"] + done["counts"]["done"] + done["counts"]["not_found"] == 2


@pytest.mark.parametrize("operation", ["getJob", "getJobResults", "watchJob", "cancelJob"])
def test_another_account_finds_no_job(batches, other_client, promise, operation):
    job = batches.post([asked(PEOPLE[0])])
    tails = {"getJob": "", "getJobResults": "/results", "watchJob": "/events"}
    tail = tails.get(operation, "/cancel")
    method = "POST" if operation == "cancelJob" else "GET"
    headers = {"X-Request-ID": "same"}
    absent = "00000000-0000-0000-0000-000000000007"
    theirs = other_client.request(method, f"/jobs/{job['id']}{tail}", headers=headers)
    nobodys = other_client.request(method, f"/jobs/{absent}{tail}", headers=headers)
    promise.holds_for(operation, theirs)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
