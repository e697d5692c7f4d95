"""`make live` asks who has a key and passes over the others, shown against the sandbox."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import redis
from tests.e2e.installation import environment
from tests.e2e.sandbox_process import Sandbox, running_sandbox
from tests.live.questions import ASKED, cheapest

from roleferry_enrich.providers.catalogue import catalogue

ROOT = Path(__file__).parents[2]
Live = partial[str]
TEN_CENTS = 100_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(companies=20) as sandbox:
        yield sandbox


@pytest.fixture
def live(database_url: str, redis_url: str, tmp_path: Path) -> Live:
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()  # a quarantine of another test's
    return partial(
        ask_live, DATABASE_URL=database_url, REDIS_URL=redis_url, DATA_DIR=tmp_path / "data"
    )


def ask_live(**settings: object) -> str:
    command = [sys.executable, "-m", "pytest", "-m", "live", "-q", "-p", "no:cacheprovider"]
    asked = subprocess.run(
        [*command, "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "tests/live"],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    return asked.stdout


def at(sandbox: Sandbox) -> dict[str, object]:
    given: dict[str, object] = {}
    for name in ASKED:
        given[f"PROVIDERS__{name.upper()}__BASE_URL"] = f"{sandbox.url}/{name}"
        given[f"PROVIDERS__{name.upper()}__API_KEY"] = f"test-key-{name}"
    return given


def test_without_keys_nobody_is_asked(live: Live) -> None:
    said = live()

    assert f"{len(ASKED)} skipped" in said
    assert "ROLEFERRY_PROVIDERS__HUNTER__API_KEY is not set" in said


def test_with_keys_everybody_is_asked_and_read(live: Live, sandbox: Sandbox) -> None:
    assert f"{len(ASKED)} passed" in live(**at(sandbox))


def test_who_has_no_time_is_passed_over(live: Live, sandbox: Sandbox) -> None:
    sandbox.plan("companies_house", "429")
    try:
        said = live(**at(sandbox))
    finally:
        sandbox.clear()

    assert f"{len(ASKED) - 1} passed, 1 skipped" in said


@pytest.mark.parametrize("name", ASKED)
def test_the_question_can_be_asked_and_is_cheap(name: str) -> None:
    provider = catalogue()[name]
    offer, query = cheapest(provider)

    assert offer.credits * provider.spec.credit_price <= TEN_CENTS
    assert next(getattr(provider, offer.capability)(query))
