"""`POST /emails/verify`: what it accepts, and what it tells of each address."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from tests.api.fake_services import NOW

from roleferry_enrich.api import verification_examples
from roleferry_enrich.api.schemas.verification import MOST_EMAILS, VerifyAnswer, VerifyPlan
from roleferry_enrich.domain.enrichments import Strategy
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.errors import ServiceUnavailable

ANSWER, PLAN = TypeAdapter(VerifyAnswer), TypeAdapter(VerifyPlan)
ORLA = Email("orla@quillmere.test")


async def verify(client, *emails, query="", **more):
    return await client.post(f"/emails/verify{query}", json={"emails": list(emails), **more})


def found(email, state):
    return verification_examples._checked(email, state, NOW)


async def test_each_address_is_told_of_in_its_place(client, services):
    services.checked = {ORLA: found(ORLA, Deliverability.VALID)}

    reply = await verify(client, "no address", " Orla@Quillmere.test ", "bo@quillmere.test")

    answer = ANSWER.validate_json(reply.content)
    assert reply.status_code == 200
    assert [one["email"] for one in answer["results"]] == [
        *("no address", " Orla@Quillmere.test ", "bo@quillmere.test")
    ]
    assert [one["address"] for one in answer["results"]] == [None, ORLA, "bo@quillmere.test"]
    assert [one["status"] for one in answer["results"]] == ["invalid", "valid", "unknown"]
    assert answer["results"][0]["reasons"] == ["bad_syntax"]
    assert answer["meta"]["counts"] == {
        "valid": 1,
        "invalid": 1,
        "risky": 0,
        "unknown": 1,
        "pending": 0,
    }
    assert answer["meta"]["status"] == "partial"


async def test_a_verdict_is_shown_with_its_source_and_cost(client, services):
    services.checked = {ORLA: found(ORLA, Deliverability.ACCEPT_ALL)}

    (one,) = (await verify(client, ORLA)).json()["results"]

    assert (one["status"], one["deliverability"]) == ("risky", "accept_all")
    assert one["reasons"] == ["accept_all", "has_dns", "has_mx"]
    assert (one["checked_on"], one["cached"], one["cost_usd"]) == ("2026-03-02", False, 0.008)
    (source,) = one["sources"]
    assert (source["provider"], source["origin"]) == ("neverbounce", "neverbounce")
    assert 0.5 < one["confidence"] < 1


async def test_twins_are_asked_once_answered_each_and_paid_once(client, services):
    services.checked = {ORLA: found(ORLA, Deliverability.VALID)}

    answer = (await verify(client, ORLA, "ORLA@quillmere.test")).json()

    assert services.to_verify[0].emails == (ORLA, ORLA)
    assert [one["status"] for one in answer["results"]] == ["valid", "valid"]
    assert [one["cost_usd"] for one in answer["results"]] == [0.008, 0.0]
    assert answer["meta"]["cost_usd"] == 0.008
    assert answer["meta"]["counts"]["valid"] == 2


async def test_the_options_are_those_asked_for(client, services):
    await verify(
        client,
        ORLA,
        strategy="parallel",
        deadline_ms=500,
        max_cost=0.01,
        max_age=60,
        providers={"include": ["hunter"]},
    )

    options = services.to_verify[0].options
    assert (options.strategy, options.include) == (Strategy.PARALLEL, frozenset({"hunter"}))
    assert (options.deadline, options.max_age) == (timedelta(seconds=0.5), timedelta(seconds=60))
    assert options.max_cost == 10_000


async def test_by_default_the_cheapest_is_asked(client, services):
    await verify(client, ORLA)

    assert services.to_verify[0].options.strategy is Strategy.WATERFALL


async def test_a_plan_counts_each_address_once_and_asks_nobody(client, services):
    reply = await verify(client, ORLA, "ORLA@quillmere.test", "nobody", query="?dry_run=true")

    plan = PLAN.validate_json(reply.content)
    assert (plan["addresses"], [ask["provider"] for ask in plan["asks"]]) == (1, ["hunter"])
    assert 0 < plan["cost"]["expected_usd"] <= plan["cost"]["max_usd"]
    assert services.to_verify == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "emails", "required"),
        ({"emails": []}, "emails", "too_short"),
        ({"emails": ["a@b.test"] * (MOST_EMAILS + 1)}, "emails", "too_long"),
        ({"emails": [7]}, "emails[0]", "wrong_type"),
        ({"emails": "a@b.test"}, "emails", "wrong_type"),
        ({"emails": ["a@b.test"], "deadline_ms": 60_001}, "deadline_ms", "out_of_range"),
        (
            {"emails": ["a@b.test"], "providers": {"include": ["apollo"]}},
            "providers.include[0]",
            "unknown_provider",
        ),
        ({"emails": ["a@b.test"], "providers": {"exclude": ["hunter"]}}, "providers", "none_left"),
    ],
)
async def test_a_fault_is_named_with_its_field(client, services, body, field, code):
    reply = await client.post("/emails/verify", json=body)

    assert reply.status_code == 422
    assert (reply.json()["errors"][0]["field"], reply.json()["errors"][0]["code"]) == (field, code)
    assert "a@b.test" not in reply.text
    assert services.to_verify == []


@pytest.mark.parametrize(
    "bad", ["", " ", "@", "a@b", "a" * 400 + "@b.test", "x" * 5_000, "j***@b.test"]
)
async def test_a_bad_one_spoils_no_other(client, services, bad):
    services.checked = {ORLA: found(ORLA, Deliverability.VALID)}

    first, second = (await verify(client, bad, ORLA)).json()["results"]

    assert (first["status"], first["reasons"]) == ("invalid", ["bad_syntax"])
    assert second["status"] == "valid"


async def test_the_longest_list_of_the_longest_addresses_is_taken(client):
    longest = [f"{n:064}@{'d' * 60}.{'e' * 60}.{'f' * 55}.test" for n in range(MOST_EMAILS)]

    reply = await verify(client, *longest)

    assert reply.status_code == 200
    assert reply.json()["meta"]["counts"]["unknown"] == MOST_EMAILS


async def test_a_stranger_is_refused_before_the_body_is_read(stranger, services):
    assert (await verify(stranger, ORLA)).status_code == 401
    assert services.to_verify == []


async def test_too_many_under_way_is_a_503_that_says_when_to_come_back(client, services):
    services.failure = ServiceUnavailable("too many", retry_after=timedelta(seconds=30))

    reply = await verify(client, ORLA)

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
