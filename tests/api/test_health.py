"""Truthful health, also when what the service rests on is down (H83)."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry, Counter


async def test_alive_whatever_is_down(stranger, services):
    services.state = replace(services.state, database="refused", redis="timed out")
    reply = await stranger.get("/health/live")
    assert (reply.status_code, reply.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize(
    ("database", "redis", "status", "word"),
    [
        (None, None, 200, "ready"),
        (None, "connection refused", 200, "degraded"),
        ("too many connections", None, 503, "unavailable"),
        ("timed out", "timed out", 503, "unavailable"),
    ],
)
async def test_h83_ready_names_what_is_down(stranger, services, database, redis, status, word):
    services.state = replace(services.state, database=database, redis=redis)
    reply = await stranger.get("/health/ready")
    assert reply.status_code == status
    assert reply.json()["status"] == word
    checks = reply.json()["checks"]
    assert (checks["database"]["reason"], checks["redis"]["reason"]) == (database, redis)
    assert checks["redis"]["status"] == ("down" if redis else "up")


async def test_each_provider_is_shown(stranger):
    reply = await stranger.get("/health/providers")
    assert reply.json()["providers"] == [
        {
            "name": "hunter",
            "status": "ready",
            "enabled": True,
            "breaker": "closed",
            "quarantined_until": None,
            "quarantine_reason": None,
            "limiter": "shared",
            "keys": [],
            "quota": None,
        }
    ]


async def test_metrics_are_those_of_the_given_registry(stranger, registry: CollectorRegistry):
    Counter("rows_seen", "Rows", registry=registry).inc(3)
    reply = await stranger.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "rows_seen_total 3.0" in reply.text
