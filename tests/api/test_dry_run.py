"""`?dry_run=true`: the plan in place of the answer, and nobody asked."""

import pytest
from pydantic import TypeAdapter

from roleferry_enrich.api.schemas.plans import EnrichmentPlan
from roleferry_enrich.domain.enrichments import PERSON_FIELDS

PLAN = TypeAdapter(EnrichmentPlan)
BODY = {"domain": "quillmere.test"}


@pytest.mark.parametrize(
    ("path", "goal"),
    [
        ("/enrich", "person"),
        ("/companies/executives", "executives"),
        ("/companies/enrich", "company"),
    ],
)
async def test_every_paid_operation_can_be_planned(client, services, path, goal):
    reply = await client.post(f"{path}?dry_run=true", json=BODY)

    plan = PLAN.validate_json(reply.content)
    assert reply.status_code == 200
    assert (plan["goal"], plan["strategy"], plan["waterfall"]) == (goal, "parallel", None)
    assert plan["cost"]["min_usd"] <= plan["cost"]["expected_usd"] <= plan["cost"]["max_usd"]
    assert services.asked == []


async def test_the_plan_names_questions_reasons_and_fields(client):
    body = {
        "email": "maren@quillmere.test",
        "strategy": "waterfall",
        "waterfall": "people",
        "max_cost": 0.02,
    }
    plan = (await client.post("/enrich?dry_run=true", json=body)).json()

    assert plan["waterfall"] == "people"
    assert plan["asks"][0]["provider"] == "hunter"
    assert plan["asks"][0]["step"] == 1
    assert plan["cost"]["max_usd"] == 0.02
    assert {"provider": "hunter", "capability": "find_company", "reason": "budget_spent"} in (
        plan["not_asked"]
    )
    assert set(plan["expected_fill"]) == set(PERSON_FIELDS)


@pytest.mark.parametrize("said", ["false", "0", "False"])
async def test_a_dry_run_that_is_declined_is_none(client, services, said):
    reply = await client.post(f"/enrich?dry_run={said}", json=BODY)

    assert "meta" in reply.json()
    assert len(services.asked) == 1


@pytest.mark.parametrize("query", ["dry_run=", "dry_run=perhaps", "dry_run=true&dry_run=false"])
async def test_in_doubt_nothing_is_spent(client, services, query):
    reply = await client.post(f"/enrich?{query}", json=BODY)

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "dry_run"
    assert "perhaps" not in reply.text
    assert services.asked == []


async def test_a_plan_is_only_for_who_has_a_key(stranger):
    assert (await stranger.post("/enrich?dry_run=true", json=BODY)).status_code == 401


async def test_a_body_that_is_refused_has_no_plan(client):
    assert (await client.post("/enrich?dry_run=true", json={})).status_code == 422
