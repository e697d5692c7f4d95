"""`POST /emails/verify` over real HTTP, Redis and PostgreSQL: asked and paid once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, func, insert, literal, select
from tests.e2e.sandbox_process import Sandbox, running_sandbox, settings_for

from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.tables import accounts, opt_outs, provider_calls

A_LIST = 1_000
PRICE_USD = 0.008
ORLA = "orla.fenwick@quillmere.test"


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox(companies=200) as sandbox:
        yield sandbox


async def verified(api: httpx.AsyncClient, emails: list[str], **more: object) -> dict[str, Any]:
    answer = await api.post("/emails/verify", json={"emails": emails, **more})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def settled(api: httpx.AsyncClient, emails: list[str], **more: object) -> dict[str, Any]:
    """Asked again until nothing is under way, as a client would."""
    for _ in range(60):
        document = await verified(api, emails, **more)
        if not document["meta"]["counts"]["pending"]:
            return document
        await asyncio.sleep(0.5)
    raise AssertionError("the verdicts never came")


def charged(sandbox: Sandbox) -> int:
    return sum(each["micro_usd"] for each in sandbox.ledger().values())


def addresses(sandbox: Sandbox, count: int) -> list[str]:
    people = [person for company in sandbox.truth() for person in company["people"]]
    found = list(dict.fromkeys(person["email"] for person in people if person["email"]))
    assert len(found) >= count
    return found[:count]


async def booked(database_url: str, verification_id: str) -> int:
    engine = create_engine(database_url)
    async with engine.begin() as connection:
        sums = select(func.sum(provider_calls.c.cost)).where(
            provider_calls.c.enrichment_id == verification_id
        )
        total = await connection.scalar(sums)
    await engine.dispose()
    return int(total or 0)


async def test_a_thousand_addresses_go_together(
    api: httpx.AsyncClient, far_ends: Sandbox, database_url: str
) -> None:
    emails = [*addresses(far_ends, A_LIST - 1), "somebody@throwaway.test"]

    document = await settled(api, emails, deadline_ms=60_000)
    again = await verified(api, emails)

    made = far_ends.paths("neverbounce")
    # One, unless the machine takes seconds for a thousand: then who comes later goes later.
    assert 1 <= made["/v4.2/jobs/create"] <= 3
    assert "/v4.2/single/check" not in made
    results = document["results"]
    assert [one["address"] for one in results] == emails
    assert Counter(one["status"] for one in results).keys() == {
        *("valid", "invalid", "risky", "unknown")
    }
    assert charged(far_ends) == A_LIST * PRICE_USD * 1_000_000
    assert document["meta"]["cost_usd"] == A_LIST * PRICE_USD
    assert await booked(database_url, document["meta"]["verification_id"]) == charged(far_ends)
    assert again["meta"]["cost_usd"] == 0
    assert all(one["cached"] for one in again["results"])
    assert far_ends.paths("neverbounce") == made


async def test_an_answer_before_the_verdicts_loses_nothing_that_is_paid(
    api: httpx.AsyncClient, far_ends: Sandbox, database_url: str
) -> None:
    emails = addresses(far_ends, 30)

    early = await verified(api, emails, deadline_ms=1_500)
    late = await settled(api, emails)

    assert early["meta"]["status"] == "partial"
    assert early["meta"]["counts"]["pending"] == 30
    assert {one["status"] for one in early["results"]} == {"unknown"}
    assert {tuple(one["reasons"])[-1] for one in early["results"]} == {"pending"}
    assert early["meta"]["pending_cost_usd"] == pytest.approx(30 * PRICE_USD)
    assert {one["status"] for one in late["results"]} > {"valid"}
    assert late["meta"]["cost_usd"] == 0
    assert far_ends.paths("neverbounce")["/v4.2/jobs/create"] == 1
    assert await booked(database_url, early["meta"]["verification_id"]) == charged(far_ends)


async def test_who_ask_for_the_same_list_at_once_pay_for_it_once(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    emails = addresses(far_ends, 200)

    both = await asyncio.gather(*(settled(api, emails, deadline_ms=60_000) for _ in range(2)))

    assert far_ends.paths("neverbounce")["/v4.2/jobs/create"] == 1
    assert charged(far_ends) == pytest.approx(sum(one["meta"]["cost_usd"] for one in both) * 1e6)


async def test_others_are_served_while_a_list_begins(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    emails = addresses(far_ends, A_LIST)
    asked = asyncio.create_task(verified(api, emails, deadline_ms=60_000))
    served_before_any_verdict = 0
    while "/v4.2/jobs/create" not in await asyncio.to_thread(far_ends.paths, "neverbounce"):
        assert (await api.get("/health/live")).status_code == 200
        served_before_any_verdict += 1

    assert served_before_any_verdict > 1
    assert (await asked)["meta"]["counts"]["pending"] == 0


async def test_a_few_are_checked_one_by_one_and_twins_once(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    document = await verified(api, [ORLA, "Orla.Fenwick@Quillmere.test", "no address"])

    first, twin, slip = document["results"]
    assert (first["status"], twin["status"]) == ("valid", "valid")
    assert (slip["status"], slip["reasons"]) == ("invalid", ["bad_syntax"])
    assert (first["cost_usd"], twin["cost_usd"]) == (PRICE_USD, 0)
    assert far_ends.paths("neverbounce") == {"/v4.2/single/check": 1}
    assert not far_ends.paths("hunter")


async def test_in_parallel_all_verifiers_are_heard(api: httpx.AsyncClient) -> None:
    document = await verified(api, [ORLA], strategy="parallel")

    (one,) = document["results"]
    assert {source["origin"] for source in one["sources"]} == {"hunter", "neverbounce"}
    assert one["status"] == "valid"


async def test_another_steps_in_for_a_verifier_that_is_down(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    far_ends.plan("neverbounce", "500")

    document = await verified(api, [ORLA])

    (one,) = document["results"]
    assert [source["provider"] for source in one["sources"]] == ["hunter"]
    assert one["status"] == "valid"


async def test_no_more_is_spent_than_allowed(api: httpx.AsyncClient, far_ends: Sandbox) -> None:
    document = await verified(api, addresses(far_ends, 10), max_cost=0.02)

    assert charged(far_ends) == 2 * PRICE_USD * 1_000_000
    reasons = Counter(one["reasons"][-1] for one in document["results"] if not one["sources"])
    assert reasons == {"budget_spent": 8}
    assert document["meta"]["status"] == "partial"


async def test_a_plan_costs_nothing(api: httpx.AsyncClient, far_ends: Sandbox) -> None:
    answer = await api.post("/emails/verify?dry_run=true", json={"emails": [ORLA] * 3})

    plan = answer.json()
    assert [ask["provider"] for ask in plan["asks"]] == ["internal", "neverbounce", "hunter"]
    assert plan["cost"]["expected_usd"] == PRICE_USD
    assert charged(far_ends) == 0


async def test_who_objected_is_not_asked_about(
    api: httpx.AsyncClient, far_ends: Sandbox, database_url: str, tmp_path: Path
) -> None:
    engine = create_engine(database_url)
    digest = open_at_rest(settings_for(far_ends.url, tmp_path)).blind("email", ORLA)
    everybody = select(accounts.c.id, literal("email"), literal(digest))
    async with engine.begin() as connection:
        await connection.execute(
            insert(opt_outs).from_select(["account_id", "kind", "value"], everybody)
        )
    try:
        document = await verified(api, [ORLA, "bo.cole@quillmere.test"])
    finally:
        async with engine.begin() as connection:
            await connection.execute(delete(opt_outs))
        await engine.dispose()

    first, second = document["results"]
    assert (first["status"], first["reasons"], first["sources"]) == ("unknown", ["opted_out"], [])
    assert second["sources"]
    assert far_ends.paths("neverbounce") == {"/v4.2/single/check": 1}


async def test_no_address_is_in_a_log(
    api: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    await verified(api, [ORLA])

    said = capfd.readouterr()
    assert ORLA not in said.out + said.err
