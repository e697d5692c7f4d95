"""An address that one provider found is checked by another, remembered, and checked again."""

from typing import Any

import httpx
from tests.e2e.sandbox_process import Sandbox

ORLA = {"full_name": "Orla Fenwick", "domain": "quillmere.test", "deadline_ms": 5_000}
FINDERS = ["apollo", "neverbounce"]
CHECK = ("neverbounce", "verify_email")


async def enriched(api: httpx.AsyncClient, *providers: str, **more: object) -> dict[str, Any]:
    body = {**ORLA, "providers": {"include": list(providers)}, **more}
    answer = await api.post("/enrich", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def line(document: dict[str, Any], asked: tuple[str, str] = CHECK) -> dict[str, Any]:
    lines = document["meta"]["providers"]
    (found,) = [each for each in lines if (each["provider"], each["capability"]) == asked]
    return dict(found)


def checkers(document: dict[str, Any]) -> set[str]:
    """Whose word the address rests on."""
    sources = document["provenance"]["business_email"]["sources"]
    return {source["provider"] for source in sources}


async def test_an_address_that_another_found_is_checked(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    alone = await enriched(api, "apollo")
    document = await enriched(api, *FINDERS)

    assert document["business_email"] == "orla.fenwick@quillmere.test"
    assert line(document)["outcome"] == "found"
    assert document["provenance"]["business_email"]["verified"]
    assert checkers(document) == {"apollo", "neverbounce"}
    confidence = document["provenance"]["business_email"]["confidence"]
    assert confidence >= alone["provenance"]["business_email"]["confidence"]
    assert far_ends.calls("neverbounce") == 1


async def test_each_checker_is_an_origin_of_its_own(api: httpx.AsyncClient) -> None:
    document = await enriched(api, "hunter", *FINDERS)

    assert line(document, ("hunter", "verify_email"))["outcome"] == "found"
    assert line(document)["outcome"] == "found"
    sources = document["provenance"]["business_email"]["sources"]
    origins = {source["provider"]: source["origin"] for source in sources}
    assert origins == {name: name for name in ("apollo", "hunter", "neverbounce")}


async def test_a_verdict_is_remembered_and_taken_anew_on_demand(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    first = await enriched(api, *FINDERS)
    again = await enriched(api, *FINDERS)
    anew = await enriched(api, *FINDERS, max_age=0)

    assert [line(each)["cached"] for each in (first, again, anew)] == [None, "memory", None]
    assert line(again)["cost_usd"] == 0
    assert far_ends.calls("neverbounce") == 2


async def test_a_check_that_the_budget_does_not_hold_is_not_made(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    # Apollo finds the address for 0.025, and a check costs 0.008 more.
    document = await enriched(api, *FINDERS, enrich=["business_email"], max_cost=0.03)

    assert line(document)["reason"] == "budget_spent"
    assert document["business_email"] == "orla.fenwick@quillmere.test"
    assert "neverbounce" not in far_ends.ledger()


async def test_a_check_that_takes_too_long_keeps_no_answer_back(
    api: httpx.AsyncClient, far_ends: Sandbox
) -> None:
    far_ends.plan("neverbounce", "slow", seconds=3)

    document = await enriched(api, *FINDERS, deadline_ms=1_500)

    assert line(document)["outcome"] != "found"
    assert document["meta"]["status"] == "partial"
    assert document["business_email"] == "orla.fenwick@quillmere.test"


async def test_no_key_of_the_verifier_is_in_an_answer(api: httpx.AsyncClient) -> None:
    answer = await api.post("/enrich", json=ORLA)

    assert CHECK in {
        (each["provider"], each["capability"]) for each in answer.json()["meta"]["providers"]
    }
    assert "test-key" not in answer.text
