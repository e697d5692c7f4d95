"""A plan says what would be asked of the very account that asks; an answer, what it might cost."""

from contextlib import AsyncExitStack

import httpx
import pytest
from tests.test_foreign_ids import servers_with_tables, two_accounts

from roleferry_enrich.configuration.quotas import NO_QUOTA
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers

__all__ = ["servers_with_tables"]
ADA = {"email": "ada@engines.test"}
ADDRESSES = {"emails": ["ada@engines.test"]}
HOME = {"providers": {"include": ["internal"]}}
OFF = {"purpose": None, "lawful_basis": None, "providers_off": ["hunter"]}
CAP = 0.06


@pytest.fixture
def settings(tmp_path) -> Settings:
    keys = {name: {"api_key": "test-key"} for name in ("hunter", "apollo", "neverbounce")}
    inside = ("hooks.quillmere.test:443",)
    return Settings(
        data_dir=tmp_path,
        providers=keys,
        caps={"request": CAP, "job": CAP},
        webhook_inside_hosts=inside,
        **NO_QUOTA,
    )


async def planned(client: httpx.AsyncClient, path: str, body: dict) -> dict:
    reply = await client.post(path, params={"dry_run": "true"}, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def asks(plan: dict) -> set[str]:
    return {ask["provider"] for ask in plan["asks"]}


async def test_the_account_is_planned_for_as_it_is_asked(settings, servers_with_tables: Servers):
    async with AsyncExitStack() as stack:
        (mine, _), (other, _) = await stack.enter_async_context(
            two_accounts(settings, servers_with_tables)
        )
        assert (await mine.put("/privacy/handling", json=OFF)).is_success
        for path, body in (
            ("/enrich", ADA),
            ("/companies/executives", {"domain": "engines.test"}),
            ("/companies/enrich", {"domain": "engines.test"}),
            ("/emails/verify", ADDRESSES),
        ):
            plan, theirs = await planned(mine, path, body), await planned(other, path, body)
            assert "hunter" in asks(theirs), path
            assert "hunter" not in asks(plan), path
            why = {one["reason"] for one in plan["not_asked"] if one["provider"] == "hunter"}
            assert why == {"excluded"}, path
        # The same cap that the request would have.
        dear = await planned(other, "/enrich", {**ADA, "max_cost": 5})
        assert dear["cost"]["max_usd"] == CAP
        assert "budget_spent" in {one["reason"] for one in dear["not_asked"]}
        await says_what_it_might_cost(mine)


async def says_what_it_might_cost(client: httpx.AsyncClient) -> None:
    for path, body in (("/enrich", ADA), ("/emails/verify", ADDRESSES)):
        for wish, cap in (({}, CAP), ({"max_cost": 5}, CAP), ({"max_cost": 0.01}, 0.01)):
            reply = await client.post(path, json={**body, **HOME, **wish})
            assert reply.json()["meta"]["max_cost_usd"] == cap, (path, wish)
    job = await client.post("/enrich/batch", json={"items": [ADA], "max_cost": 5})
    assert job.json()["job"]["max_cost_usd"] == CAP
