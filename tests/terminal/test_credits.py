"""The `credits` and `usage` commands, over a real database."""

import asyncio
import json
import re
from uuid import UUID, uuid4

import pytest

from roleferry_enrich.accounts.billing import open_billing
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.credits import AccountPlan
from roleferry_enrich.storage.engine import create_engine


@pytest.fixture
def run(command, monkeypatch, database_url, redis_url):
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", database_url)
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    return command


@pytest.fixture
def account(run) -> str:
    return re.search(r"Account (\S+)", run("keys", "create", "customer").out)[1]


def plan_of(url: str, account: str) -> AccountPlan:
    async def look() -> AccountPlan:
        engine = create_engine(url)
        billing = open_billing(Settings(), url, engine)
        found = await billing.plan(UUID(account))
        await billing.close()
        await engine.dispose()
        return found

    return asyncio.run(look())


def test_credits_are_granted_corrected_and_told(run, account):
    assert "has no credits" in run("credits", "balance", account).err
    assert "1000 credits" in run("credits", "grant", account, "1000", "--note", "March").out
    assert "990 credits" in run("credits", "adjust", account, "--by", "-10").out
    [line] = json.loads(run("credits", "balance", account, "-f", "json").out)["items"]
    assert (line["balance"], line["charged"], line["adds_up"]) == (990, 0, True)
    _, newest, oldest = run("credits", "ledger", account, "-f", "csv").out.splitlines()
    assert ",adjustment,-10,0,990," in newest.replace("'", "")
    assert oldest.endswith(",grant,1000,0,1000,,March")
    assert "1000" in run("credits", "ledger", account, "--limit", "5").out


def test_an_account_has_prices_and_caps_of_its_own(run, account, database_url):
    prices = ("--enrichment", "2", "--field", "phone:5", "--field", "title:1")
    assert run("credits", "plan", account, *prices, "--cap-day", "2.5").code == 0
    plan = plan_of(database_url, account)
    assert (plan.prices.enrichment, plan.prices.fields) == (2, {"phone": 5, "title": 1})
    assert (plan.caps.day, plan.caps.month, plan.is_metered) == (2_500_000, None, False)
    assert run("credits", "plan", account, "--as-set", "--cap-month", "9").code == 0
    plan = plan_of(database_url, account)
    assert (plan.prices.fields, plan.caps.day, plan.caps.month) == ({}, None, 9_000_000)


def test_an_account_may_stop_paying(run, account, database_url):
    run("credits", "grant", account, "5")
    assert plan_of(database_url, account).is_metered
    run("credits", "plan", account, "--unmetered")
    assert not plan_of(database_url, account).is_metered


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("credits", "plan", "{}"), "name a price or a cap"),
        (("credits", "plan", "{}", "--field", "shoe_size:5"), "fields of an answer"),
        (("credits", "adjust", "{}", "--by", "-1"), "fewer credits"),
        (("usage", "{}", "--since", "2026-03-02", "--until", "2026-03-01"), "at most 366 days"),
        (("credits", "grant", str(uuid4()), "5"), "no such account"),
        (("credits", "grant", "customer", "5"), "looks like a UUID"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(run, account, wrong, said):
    answer = run(*(word.format(account) for word in wrong))
    assert answer.code == 2
    assert said in answer.err


def test_usage_is_told_as_table_and_sheet(run, account):
    assert "Usage from" in run("usage", account).out
    heading, total = run("usage", account, "-f", "csv").out.splitlines()
    assert heading.startswith("by,value,enrichments")
    assert total.startswith("total,,0,0,0,0,0")
