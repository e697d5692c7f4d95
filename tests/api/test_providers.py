"""`GET /providers`: everything of a provider that is no secret, for whoever has a key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from roleferry_enrich.domain.health import BreakerState, KeyHealth
from roleferry_enrich.domain.quotas import Quota, QuotaTold, QuotaUnit

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


async def the_provider(client):
    reply = await client.get("/providers")
    assert reply.status_code == 200
    (provider,) = reply.json()["providers"]
    return provider


def hunter_is(services, **now):
    (hunter,) = services.state.providers
    services.state = replace(services.state, providers=(replace(hunter, **now),))


async def test_a_provider_is_told_with_all_it_can_do(client):
    provider = await the_provider(client)

    assert provider["name"] == "hunter"
    assert provider["needs_key"] is True
    assert provider["credit_price_usd"] == 0.017
    assert {"lane": None, "permits": 15, "period_s": 1.0} in provider["limits"]
    assert {"lane": "verifier", "permits": 300, "period_s": 60.0} in provider["limits"]
    assert provider["quota_told_by"] == "usage"
    assert "451" in provider["notes"][0]
    finder = next(it for it in provider["capabilities"] if it["capability"] == "find_email")
    assert finder["needs"][0] == ["domain", "first_name", "last_name"]
    assert "business_email" in finder["gives"]
    assert (finder["credits"], finder["price_usd"]) == (1, 0.017)


async def test_a_stranger_is_told_nothing(stranger):
    assert (await stranger.get("/providers")).status_code == 401


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ({}, "ready"),
        ({"breaker": BreakerState.HALF_OPEN}, "failing"),
        ({"breaker": BreakerState.OPEN, "quarantined_until": LATER}, "quarantined"),
        ({"enabled": False, "quarantined_until": LATER}, "no_key"),
        ({"enabled": False, "switched_off": True}, "off"),
    ],
)
async def test_its_state_is_told_in_a_word(client, services, now, status):
    hunter_is(services, **now)

    assert (await the_provider(client))["state"]["status"] == status


async def test_keys_and_quota_are_told_without_values(client, stranger, services):
    hunter_is(
        services,
        quarantine="unauthorised",
        keys=(
            KeyHealth(position=1, refused_until=LATER),
            KeyHealth(position=2, refused_until=None),
        ),
        quota=QuotaTold(
            quota=Quota(remaining=12.5, limit=50, unit=QuotaUnit.CREDITS, resets_at=LATER), at=NOW
        ),
    )

    state = (await the_provider(client))["state"]

    assert state["quarantine_reason"] == "unauthorised"
    assert state["keys"] == [
        {"position": 1, "refused_until": "2026-11-01T12:05:00Z"},
        {"position": 2, "refused_until": None},
    ]
    assert state["quota"] == {
        "remaining": 12.5,
        "limit": 50.0,
        "unit": "credits",
        "resets_at": "2026-11-01T12:05:00Z",
        "told_at": "2026-11-01T12:00:00Z",
    }
    assert (await stranger.get("/health/providers")).json()["providers"] == [state]
