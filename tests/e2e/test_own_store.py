"""What was found once is found again in our own database: as it was said, for whoever paid.

The whole API over real PostgreSQL and Redis. Between two requests the process is another one and
Redis is empty, so that nothing but the database can know.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from tests.databases import migrated_database
from tests.e2e.sandbox_process import NAMES, Sandbox, running_sandbox, settings_for

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine

ORLA = {"email": "orla.fenwick@quillmere.test", "deadline_ms": 5000}
QUILLMERE = {"domain": "quillmere.test", "limit": 10, "deadline_ms": 5000}
OURS = {"providers": {"include": ["internal"]}}
FIELDS = ("full_name", "title", "company_name", "business_email")

Asking = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox(companies=20) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def house(servers: Servers, redis_url: str):
    with migrated_database(servers.database_url) as url:
        yield Servers(database_url=url, redis_url=redis_url)


@pytest.fixture(scope="module")
def settings(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(sandbox.url, tmp_path_factory.mktemp("own-store"))


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    """Of accounts that know nothing of each other; made by the first test."""
    return {}


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return []


@pytest.fixture
async def asking(house: Servers, settings: Settings, tokens: dict[str, str]) -> Asking:
    """A new process of the service, as far as it can tell, and a client of one of the accounts."""
    if not tokens:
        async with open_accounts(settings, house) as accounts:
            for name in ("one", "other"):
                owner = await accounts.create_account(name)
                tokens[name] = await accounts.create_key(
                    owner, "tests", frozenset({"enrich", "read"})
                )

    @asynccontextmanager
    async def started(by: str = "one", **changed: object) -> AsyncIterator[httpx.AsyncClient]:
        async with Redis.from_url(house.redis_url) as redis:
            await redis.flushdb()
        app = create_app(settings.model_copy(update=changed), house)
        headers = {"Authorization": f"Bearer {tokens[by]}"}
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=transport, base_url="http://api.test", headers=headers, timeout=60
            ) as client,
        ):
            yield client

    return started


async def asked(asking: Asking, path: str, body: dict[str, Any], **who: Any) -> dict[str, Any]:
    async with asking(**who) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changed(house: Servers, statement: str) -> int:
    engine = create_engine(house.database_url)
    try:
        async with engine.begin() as connection:
            return (await connection.execute(text(statement))).rowcount
    finally:
        await engine.dispose()


async def counted(house: Servers, statement: str) -> int:
    engine = create_engine(house.database_url)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(statement)) or 0
    finally:
        await engine.dispose()


async def observed(house: Servers) -> set[tuple[str, str, datetime]]:
    """Who said anything, as whose, and when."""
    engine = create_engine(house.database_url)
    try:
        async with engine.connect() as connection:
            found = text("SELECT DISTINCT provider, origin, observed_at FROM observations")
            return {tuple(row) for row in await connection.execute(found)}
    finally:
        await engine.dispose()


def lines(answer: dict[str, Any]) -> dict[str, str]:
    return {
        f"{line['provider']}.{line['capability']}": line["outcome"]
        for line in answer["meta"]["providers"]
    }


def asked_of(line: dict[str, Any]) -> bool:
    return line["reason"] != "excluded"


def sources(answer: dict[str, Any], field: str) -> dict[str, tuple[str, datetime]]:
    return {
        source["provider"]: (source["origin"], datetime.fromisoformat(source["observed_at"]))
        for source in answer["provenance"][field]["sources"]
    }


@pytest.fixture
async def first(asking: Asking, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Everybody asked for the first time, and what they said stored."""
    if not answers:
        answers.append(await asked(asking, "/enrich", ORLA))
    return answers[0]


async def test_it_has_its_place_in_every_answer(first, asking) -> None:
    led = await asked(asking, "/companies/executives", QUILLMERE)
    for answer in (first, led):
        told = {line["provider"] for line in answer["meta"]["providers"]}
        assert told == {*NAMES, "internal"}
    assert lines(first)["internal.find_person"] == "not_found"


async def test_what_was_found_is_found_again_for_nothing(first, asking) -> None:
    again = await asked(asking, "/enrich", ORLA | OURS)
    assert lines(again)["internal.find_person"] == "found"
    assert again["meta"]["cost_usd"] == 0
    assert {name: again[name] for name in FIELDS} == {name: first[name] for name in FIELDS}
    assert {line["provider"] for line in again["meta"]["providers"] if asked_of(line)} == {
        "internal"
    }


async def test_each_word_keeps_its_origin_and_its_day(first, asking, house) -> None:
    stored = await observed(house)
    again = await asked(asking, "/enrich", ORLA | OURS)
    for field in FIELDS:
        now = sources(again, field)
        assert now
        assert set(now) <= set(sources(first, field))
        assert {(name, *told) for name, told in now.items()} <= stored
        assert all(source["cached"] for source in again["provenance"][field]["sources"])
        assert again["provenance"][field]["confidence"] <= first["provenance"][field]["confidence"]


async def test_it_lends_nobody_a_second_voice(first, asking) -> None:
    """Asked again, everybody says the same, and is no surer for having said it before."""
    again = await asked(asking, "/enrich", ORLA)
    assert lines(again)["internal.find_person"] == "found"
    for field in FIELDS:
        assert set(sources(again, field)) == set(sources(first, field))
        assert again["provenance"][field]["confidence"] == pytest.approx(
            first["provenance"][field]["confidence"], abs=1e-3
        )


async def test_nothing_is_stored_a_second_time(first, asking, house) -> None:
    count = "SELECT count(*) FROM observations"
    before = await counted(house, count)
    await asked(asking, "/enrich", ORLA | OURS)
    await asked(asking, "/enrich", ORLA | OURS)
    assert await counted(house, count) == before > 0


async def test_another_account_is_told_nothing(first, asking) -> None:
    theirs = await asked(asking, "/enrich", ORLA | OURS, by="other")
    assert set(lines(theirs).values()) <= {"not_found", "skipped"}
    assert theirs["full_name"] is None
    assert theirs["meta"]["status"] == "not_found"


async def test_what_is_older_than_was_asked_for_is_not_told(first, asking) -> None:
    assert (await asked(asking, "/enrich", ORLA | OURS | {"max_age": 0}))["full_name"] is None
    day = await asked(asking, "/enrich", ORLA | OURS | {"max_age": 86_400})
    assert day["full_name"] == first["full_name"]


async def test_a_waterfall_buys_nothing_that_is_known(first, asking) -> None:
    wanted = {"strategy": "waterfall", "enrich": ["full_name", "title"], "min_confidence": 0.5}
    again = await asked(asking, "/enrich", ORLA | wanted)
    assert again["meta"]["cost_usd"] == 0
    assert again["full_name"] == first["full_name"]
    assert lines(again)["internal.find_person"] == "found"
    assert lines(again)["apollo.find_person"] == "skipped"


async def test_the_people_of_a_company_are_found_again(asking) -> None:
    led = await asked(asking, "/companies/executives", QUILLMERE)
    again = await asked(asking, "/companies/executives", QUILLMERE | OURS)
    found = {who for who, outcome in lines(again).items() if outcome == "found"}
    assert found == {"internal.find_people", "internal.find_company"}
    names = {one["full_name"] for one in led["executives"]}
    assert {one["full_name"] for one in again["executives"]} & names


async def test_nothing_is_told_beyond_its_retention(first, asking, house) -> None:
    aged = "UPDATE observations SET observed_at = observed_at {} interval '91 days'"
    never = await asked(asking, "/enrich", ORLA | OURS, retention_days=0)
    assert never["full_name"] is None
    assert await changed(house, aged.format("-"))
    try:
        assert (await asked(asking, "/enrich", ORLA | OURS))["full_name"] is None
        kept = await asked(asking, "/enrich", ORLA | OURS, retention_days=92)
        assert kept["full_name"] == first["full_name"]
    finally:
        await changed(house, aged.format("+"))


async def test_an_opt_out_learnt_once_holds_for_what_is_stored(
    first, asking, house, settings
) -> None:
    digest = open_at_rest(settings).blind("email", "orla.fenwick@quillmere.test")
    refused = (
        "INSERT INTO opt_outs (account_id, kind, value) "
        f"SELECT id, 'email', '{digest}' FROM accounts WHERE name = 'one'"
    )
    assert await changed(house, refused) == 1
    try:
        again = await asked(asking, "/enrich", ORLA | OURS)
        assert lines(again)["internal.find_person"] == "opted_out"
        assert again["full_name"] is None
    finally:
        await changed(house, "DELETE FROM opt_outs")


async def test_the_sandbox_speaks_for_it_where_it_is_told_to(sandbox, asking, settings) -> None:
    told = sandbox.client.post("/internal/v1/company", json={"domain": "quillmere.test"})
    assert told.json()["observations"][0]["provider"] == "apollo"
    base_url = {
        "internal": settings.provider("website").model_copy(
            update={"base_url": f"{sandbox.url}/internal"}
        )
    }
    providers = {**settings.providers, **base_url}
    answer = await asked(
        asking,
        "/companies/enrich",
        {"domain": "quillmere.test", **OURS},
        by="other",
        providers=providers,
    )
    assert lines(answer)["internal.find_company"] == "found"
    assert answer["meta"]["cost_usd"] == 0
