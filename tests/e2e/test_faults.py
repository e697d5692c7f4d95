"""Whatever one provider does, the others answer, in time and with an honest word about it.

The whole API over real PostgreSQL, Redis and HTTP, against the sandbox as a process of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import delete
from tests.e2e.sandbox_process import (
    KEYED,
    NAMES,
    Sandbox,
    running_api,
    running_sandbox,
    settings_for,
)

from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.tables import call_intents

# Past its timeout a provider is not waited for when a test's API closes.
TIMEOUT_S = 1.0
# Long enough for a busy machine to see all waits end before it.
DEADLINE_MS = 6000
# A web site has no API to keep a contract or a key: what it says otherwise is its own business.
BROKEN = {
    "slow": {"timed_out"},
    "hang": {"timed_out"},
    "429": {"rate_limited", "skipped:no_permit"},
    "429_without_retry_after": {"rate_limited", "quota_spent", "skipped:no_permit"},
    "500": {"failed", "skipped:breaker_open"},
    "truncated": {"contract_changed"},
    "html": {"contract_changed"},
    "empty": {"contract_changed"},
    "gzip_bomb": {"contract_changed"},
    "lying": {"not_found"},
    "redirect": {"contract_changed"},
    "bad_json_200": {"contract_changed"},
    "unauthorised": {"unauthorised", "skipped:quarantined"},
    "payment": {"quota_spent", "skipped:quarantined"},
}
BROKEN_SITE = {
    "slow": {"timed_out"},
    "hang": {"timed_out"},
    "429": {"refused"},
    "429_without_retry_after": {"refused"},
    "500": {"refused"},
    "truncated": {"not_found", "found"},
    "html": {"not_found"},
    "empty": {"not_found"},
    "gzip_bomb": {"contract_changed"},
    "lying": {"not_found"},
    "redirect": {"refused"},
    "bad_json_200": {"not_found"},
    "unauthorised": {"refused"},
    "payment": {"refused"},
}
FAULTS = [
    pytest.param(name, fault, expected, id=f"{name}-{fault}")
    for name in NAMES
    for fault, expected in (BROKEN_SITE if name == "website" else BROKEN).items()
]
CHECKERS = {"hunter", "neverbounce"}
_NOT_ASKED = {"skipped:missing_key", "skipped:already_filled"}


@dataclass
class Subject:
    """Somebody of the invented world whom every provider knows something of."""

    company: dict[str, Any]
    person: dict[str, Any]

    @property
    def full_name(self) -> str:
        return f"{self.person['first_name']} {self.person['last_name']}"

    def body(self, **more: object) -> dict[str, object]:
        return {
            "email": self.person["email"],
            "full_name": self.full_name,
            "company_name": self.company["legal_name"],
            "company_number": self.company["number"],
            "country": self.company["country_code"],
            "domain": self.company["domain"],
            **more,
        }


Api = partial[AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox() as sandbox:
        sandbox.plan("apollo", "gzip_bomb", calls=1)
        sandbox.client.get("/apollo/")  # making the bomb takes a second, once
        yield sandbox


@pytest.fixture(autouse=True)
async def calm(far_ends: Sandbox, redis_url: str, database_url: str) -> AsyncIterator[None]:
    """No fault, no pause, no remembered answer and no kept reply of another test."""
    far_ends.clear()
    engine = create_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(delete(call_intents))
    await engine.dispose()
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        yield


@pytest.fixture
def own_servers(database_url: str, redis_url: str) -> Servers:
    return Servers(database_url=database_url, redis_url=redis_url)


@pytest.fixture
def api(far_ends: Sandbox, own_servers: Servers, tmp_path: Path) -> Api:
    """An API that no earlier test has opened a breaker of."""
    settings = settings_for(far_ends.url, tmp_path, timeout_s=TIMEOUT_S)
    return partial(running_api, settings, own_servers)


@pytest.fixture(scope="module")
def subject(far_ends: Sandbox) -> Subject:
    facts = {fact["company"]["id"]: fact for fact in far_ends.truth()}
    for row in far_ends.truth("/providers"):
        knowing, fact = row["providers"], facts[row["company_id"]]
        known_to_all = set(knowing) == set(NAMES) and fact["company"]["country_code"] == "GB"
        for person in fact["people"] if known_to_all else ():
            if all(person["id"] in knowing[name] for name in ("apollo", "clearbit", "hunter")):
                return Subject(fact["company"], person)
    raise AssertionError("nobody is known to all")


def outcomes(answer: httpx.Response) -> dict[str, set[str]]:
    """Each provider's outcomes, less the questions that it was never to be asked."""
    told: dict[str, set[str]] = {}
    for line in answer.json()["meta"]["providers"]:
        if line["provider"] not in NAMES:
            continue
        word = line["outcome"]
        if word == "skipped":
            word += f":{line['reason']}"
        told.setdefault(line["provider"], set())
        if word not in _NOT_ASKED:
            told[line["provider"]].add(word)
    return told


def assert_answered(answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text


async def test_without_a_fault_everybody_has_something(api: Api, subject: Subject) -> None:
    async with api() as client:
        answer = await client.post("/enrich", json=subject.body())

    assert_answered(answer)
    told = outcomes(answer)
    assert set(told) == set(NAMES)
    assert all("found" in words for words in told.values()), told
    assert answer.json()["full_name"] == subject.full_name


@pytest.mark.parametrize(("name", "fault", "expected"), FAULTS)
async def test_one_providers_fault_is_its_own(
    api: Api, far_ends: Sandbox, subject: Subject, name: str, fault: str, expected: set[str]
) -> None:
    far_ends.plan(name, fault)
    async with api() as client:
        answer = await client.post("/enrich", json=subject.body(deadline_ms=DEADLINE_MS))

    assert_answered(answer)
    told = outcomes(answer)
    # What checks a mailbox cannot tell another's: a lie about it is all that it says.
    allowed = expected | ({"found"} if fault == "lying" and name in CHECKERS else set())
    assert told[name]
    assert told[name] <= allowed
    assert all("found" in words for other, words in told.items() if other != name), told
    assert answer.json()["full_name"] == subject.full_name
    assert answer.json()["company_name"] is not None


async def test_a_liars_words_are_not_served(api: Api, far_ends: Sandbox, subject: Subject) -> None:
    far_ends.plan("*", "lying")
    async with api() as client:
        answer = (await client.post("/enrich", json=subject.body())).json()

    assert answer["full_name"] is None
    assert answer["company_name"] is None
    assert [point["value"] for point in answer["contact_points"]] == []


@pytest.mark.parametrize("name", KEYED)
async def test_a_dead_key_is_not_tried_again(
    api: Api, far_ends: Sandbox, subject: Subject, name: str
) -> None:
    far_ends.plan(name, "unauthorised")
    async with api() as client:
        await client.post("/enrich", json=subject.body())
        answer = await client.post("/enrich", json=subject.body(max_age=0))

    assert outcomes(answer)[name] == {"skipped:quarantined"}


@pytest.mark.parametrize("fault", ["500", "hang", "html", "429", "unauthorised", "gzip_bomb"])
async def test_when_all_fail_the_answer_is_empty_and_partial(
    api: Api, far_ends: Sandbox, subject: Subject, fault: str
) -> None:
    far_ends.plan("*", fault)
    async with api() as client:
        answer = await client.post("/enrich", json=subject.body(deadline_ms=DEADLINE_MS))

    assert_answered(answer)
    assert answer.json()["full_name"] is None
    assert answer.json()["meta"]["status"] == "partial"


async def test_a_dead_far_end_leaves_what_is_remembered(
    own_servers: Servers, tmp_path: Path
) -> None:
    with running_sandbox(companies=10) as dying:
        known = Subject(dying.truth()[0]["company"], dying.truth()[0]["people"][0])
        other = Subject(dying.truth()[1]["company"], dying.truth()[1]["people"][0])
        settings = settings_for(dying.url, tmp_path, timeout_s=TIMEOUT_S)
        async with running_api(settings, own_servers) as client:
            before = await client.post("/enrich", json=known.body())
            dying.kill()
            again = await client.post("/enrich", json=known.body())
            unknown = await client.post("/enrich", json=other.body())
            many = [
                await client.post("/enrich", json=other.body(max_age=0, deadline_ms=300))
                for _ in range(10)
            ]

    assert before.json()["full_name"] == again.json()["full_name"] == known.full_name
    assert again.json()["meta"]["cost_usd"] == 0
    assert unknown.json()["meta"]["status"] == "partial"
    assert unknown.json()["full_name"] is None
    for answer in (again, unknown, *many):
        assert_answered(answer)


async def test_a_hundred_at_once_all_have_their_answer(api: Api, far_ends: Sandbox) -> None:
    subjects = [
        Subject(fact["company"], person)
        for fact in far_ends.truth()
        for person in fact["people"][:3]
        if fact["company"]["number"]
    ][:100]
    assert len(subjects) == 100
    started = asyncio.get_running_loop().time()
    async with api() as client:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(client.post("/enrich", json=s.body())) for s in subjects]
        print(f"100 at once took {asyncio.get_running_loop().time() - started:.2f} s")  # noqa: T201

    for task in asked:
        # A core that others use as well works off a hundred at once in more than two seconds.
        assert_answered(task.result())
        assert set(outcomes(task.result())) == set(NAMES)
    named = [task.result().json()["full_name"] for task in asked]
    print(f"{sum(name is not None for name in named)} of them have a name")  # noqa: T201
