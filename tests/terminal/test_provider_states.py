"""What commands tell of the providers' keys and quotas, and the lifting of a quarantine."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from redis.asyncio import Redis
from tests.e2e.sandbox_process import Sandbox, running_sandbox

from roleferry_enrich.configuration.settings import ProviderSettings, Settings
from roleferry_enrich.domain.quotas import Quota, QuotaTold, QuotaUnit
from roleferry_enrich.gateway.key_switches import KeySwitches, key_ids
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.shared_buckets import SharedBuckets
from roleferry_enrich.provider_access import channels_of

T = TypeVar("T")
SECRET = "test-pepper-0123456789-0123456789-abc"
KEYS = "test-key-first,test-key-second"


@pytest.fixture(autouse=True)
def at_work(
    monkeypatch: pytest.MonkeyPatch, redis_url: str, database_url: str, tmp_path: Path
) -> None:
    for name, value in {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(tmp_path),
        "PROVIDERS__HUNTER__API_KEY": KEYS,
        "PROVIDERS__COMPANIES_HOUSE__API_KEY": "test-key-of-the-register",
    }.items():
        monkeypatch.setenv(f"ROLEFERRY_{name}", value)
    in_redis(redis_url, lambda shared: shared.redis.flushdb())


def in_redis(url: str, work: Callable[[RedisGuard], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Redis.from_url(url) as redis:
            return await work(RedisGuard(redis, patience=30.0))

    return asyncio.run(run())


def the_line(out: str, name: str) -> str:
    """A row of the table, also where its cells take several lines."""
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines()]
    start = next(n for n, row in enumerate(rows) if row and row[0] == name)
    lines = [rows[start]]
    for row in rows[start + 1 :]:
        if not row or row[0]:
            break
        lines.append(row)
    cells = (" ".join(part for part in parts if part) for parts in zip(*lines, strict=True))
    return f" {' | '.join(cells)} "


def refuse_first_key(url: str) -> None:
    provider = ProviderSettings.model_validate({"api_key": KEYS})
    channel = channels_of(Settings(providers={"hunter": provider}))["hunter"]
    first, _ = key_ids(channel, SECRET.encode())
    sentence = timedelta(minutes=5)
    in_redis(url, lambda shared: KeySwitches(shared).put_off("hunter", first, sentence))


def put_off(url: str, name: str, why: str) -> None:
    sentence = timedelta(minutes=5)
    in_redis(url, lambda shared: SharedBuckets(shared).switch_off(name, sentence, why))


def test_a_refused_key_is_named_by_its_place(command, redis_url):
    refuse_first_key(redis_url)

    hunter = the_line(command("providers", "check").out, "hunter")

    assert "2 set, refused: 1" in hunter
    assert " ready " in hunter
    assert "test-key" not in hunter


def test_a_quarantine_is_told_with_its_end(command, redis_url):
    put_off(redis_url, "companies_house", "quota_spent")

    line = the_line(command("providers", "check").out, "companies_house")

    assert "quota_spent, asked again in 5 min" in line


def test_what_processes_were_told_of_a_quota_is_shown(command, redis_url):
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    quota = Quota(remaining=590, limit=600, unit=QuotaUnit.REQUESTS, resets_at=at)
    told = msgspec.json.encode(QuotaTold(quota=quota, at=at))
    in_redis(redis_url, lambda shared: shared.redis.set("rfe:{companies_house}:quota", told))

    line = the_line(command("providers", "check").out, "companies_house")

    assert "590 of 600 requests" in line


def test_a_quarantine_is_lifted_with_its_keys(command, redis_url):
    refuse_first_key(redis_url)
    put_off(redis_url, "hunter", "unauthorised")

    first, again = (
        command("providers", "restore", "hunter"),
        command("providers", "restore", "hunter"),
    )

    assert (first.code, "asked again" in first.out) == (0, True)
    assert (again.code, "was not in quarantine" in again.out) == (0, True)
    assert "refused" not in the_line(command("providers", "check").out, "hunter")


def test_a_provider_there_is_not_cannot_be_restored(command):
    said = command("providers", "restore", "nobody")

    assert said.code == 2
    assert "hunter" in said.err


def test_where_redis_is_away_the_settings_are_told_and_nothing_is_restored(command, monkeypatch):
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", "redis://127.0.0.1:9/0")

    assert " ready " in the_line(command("providers", "check").out, "hunter")
    said = command("providers", "restore", "hunter")
    assert (said.code, "ROLEFERRY_REDIS_URL" in said.err) == (2, True)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(companies=20) as sandbox:
        yield sandbox


def test_providers_are_asked_what_is_left(command, monkeypatch, sandbox):
    for name in ("hunter", "explorium", "apollo"):
        setting = f"ROLEFERRY_PROVIDERS__{name.upper()}__"
        monkeypatch.setenv(f"{setting}BASE_URL", f"{sandbox.url}/{name}")
        monkeypatch.setenv(f"{setting}API_KEY", f"test-key-{name}")
    sandbox.plan("apollo", "500")

    said = command("providers", "check", "--ask")

    assert "9450 of 10000 credits" in the_line(said.out, "hunter")
    assert "964 of 1000 credits" in the_line(said.out, "explorium")
    assert "failed" in the_line(said.out, "apollo")
    assert "Asking hunter" in said.err
    sandbox.clear()
    assert "9450 of 10000" in the_line(command("providers", "check").out, "hunter")


def test_a_refused_key_is_passed_over_and_told(command, monkeypatch, sandbox):
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__BASE_URL", f"{sandbox.url}/hunter")
    monkeypatch.setenv("ROLEFERRY_PROVIDERS__HUNTER__API_KEY", "test-invalid-key,test-key-spare")

    hunter = the_line(command("providers", "check", "--ask").out, "hunter")

    assert "9450 of 10000 credits" in hunter
    assert "2 set, refused: 1" in hunter
