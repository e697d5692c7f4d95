"""`/account/credits` and `/account/usage`: what is shown, and of which days."""

from datetime import date

import pytest
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.errors import CapReached, InsufficientCredits


async def test_credits_are_shown_with_prices_caps_and_ledger(client, services):
    reply = await client.get("/account/credits", params={"after": "abc", "limit": 5})
    answer = reply.json()
    assert (answer["metered"], answer["balance"], answer["charged"]) == (True, 994, 6)
    assert answer["prices"]["fields"] == {"phone": 5}
    assert answer["caps"]["day_usd"] == 25.0
    assert [entry["kind"] for entry in answer["items"]] == ["settle", "reserve", "grant"]
    assert services.billing.pages_asked == [(ACCOUNT.id, "abc", 5)]


async def test_an_account_without_a_plan_has_no_balance(client, services):
    services.billing.is_metered = False
    answer = (await client.get("/account/credits")).json()
    assert (answer["metered"], answer["balance"], answer["items"]) == (False, None, [])


async def test_usage_tells_the_margin(client, services):
    answer = (await client.get("/account/usage")).json()
    assert answer["total"]["cost_usd"] == 0.03
    assert answer["total"]["margin_usd"] == 0.03
    assert [line["value"] for line in answer["providers"]] == ["apollo", "hunter"]
    assert services.billing.days_asked == [(ACCOUNT.id, None, None)]


async def test_usage_comes_as_a_sheet(client):
    reply = await client.get("/account/usage", headers={"Accept": "text/csv"})
    first, total, *_ = reply.text.splitlines()
    assert reply.headers["content-type"].startswith("text/csv")
    assert first.startswith("by,value,enrichments,cached,calls,cost_usd")
    assert total == "total,,2,0,3,0.03,6,0.06,0.03"


async def test_the_days_wanted_are_named(client, services):
    days = {"since": "2026-03-01", "until": "2026-03-02"}
    assert (await client.get("/account/usage", params=days)).status_code == 200
    assert services.billing.days_asked == [(ACCOUNT.id, date(2026, 3, 1), date(2026, 3, 2))]
    for no_day in ("yesterday", "0", "2026-03-31T00:00:00"):
        wrong = await client.get("/account/usage", params={"since": no_day})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "since")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [(InsufficientCredits("3 left"), "insufficient-credits"), (CapReached("day"), "cap-reached")],
)
async def test_h20_who_cannot_pay_is_told_what_to_do(client, services, refusal, kind):
    services.failure = refusal
    reply = await client.post("/enrich", json={"email": "ada@engines.test"})
    assert reply.status_code == 402
    assert reply.json()["type"].endswith(kind)
    assert reply.json()["detail"] == refusal.detail
