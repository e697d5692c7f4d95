"""A provider is three files: an adapter, its exchanges, its test. Everything else finds it.

Shown on a copy of the source to which just those three are added.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ADAPTER = '''"""Borealis: one person by an address. It does not exist."""

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import PersonQuery
from roleferry_enrich.providers.contract import (
    Answer, Call, Conversation, Findings, Provider, Spec, ask, offers,
)


class Borealis(Provider):
    spec = Spec(
        name="borealis",
        title="Borealis",
        docs="https://borealis.test/docs",
        base_url="https://api.borealis.test",
        authenticate=lambda key: {"X-Key": key},
        credit_price=MicroUsd(10_000),
    )

    @offers(("email",), gives=("full_name", "title"), credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        call = Call.get("/v1/person", email=query.keys.email).accepting(404)
        reply = yield from ask(call.costing(1))
        body = reply.record()
        if reply.status == 404:
            body.require("error")
            return Findings()
        body.require("person")
        person = body.record("person")
        return Findings(people=(PersonClaim(full_name=person.text("name")),) if person else ())
'''
EXCHANGES = {
    "exchanges": [
        {
            "name": "a known person",
            "capability": "find_person",
            "query": {"keys": {"email": "orla.fenwick@quillmere.test"}},
            "calls": [
                {
                    "request": {
                        "method": "GET",
                        "path": "/v1/person",
                        "params": {"email": "orla.fenwick@quillmere.test"},
                    },
                    "reply": {"status": 200, "json": {"person": {"name": "Orla Fenwick"}}},
                }
            ],
            "expect": {
                "outcome": "found",
                "credits": 1,
                "people": [{"full_name": "Orla Fenwick"}],
            },
        },
        {
            "name": "nobody",
            "capability": "find_person",
            "query": {"keys": {"email": "nobody@quillmere.test"}},
            "calls": [
                {
                    "request": {
                        "method": "GET",
                        "path": "/v1/person",
                        "params": {"email": "nobody@quillmere.test"},
                    },
                    "reply": {"status": 404, "json": {"error": "unknown"}},
                }
            ],
            "expect": {"outcome": "not_found"},
        },
    ]
}
TEST = """from tests.providers.conformance import ProviderConformance


class TestBorealis(ProviderConformance):
    provider_name = "borealis"
"""
FILES = {
    "src/roleferry_enrich/providers/borealis.py": ADAPTER,
    "src/roleferry_enrich/sandbox/exchanges/borealis.json": json.dumps(EXCHANGES),
    "tests/providers/test_borealis.py": TEST,
}
# What each place that deals with providers says of the new one.
WITNESS = """
import asyncio, json
from datetime import timedelta
from pathlib import Path
import httpx
from rich.console import Console
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.observability.metrics import configure_metrics
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.provider_access import channels_of
from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.terminal.provider_states import known_states
from roleferry_enrich.terminal.providers import offers_table, setup_table

settings = read_settings(
    {"ROLEFERRY_PROVIDERS__BOREALIS__API_KEY": "test-key-borealis"}, env_file=Path("no.env")
)
channel = channels_of(settings)["borealis"]
states = asyncio.run(known_states(settings, {"borealis": channel}))
metrics = configure_metrics(settings)
metrics.metrics.provider_called(
    "borealis", "find_person", outcome=OutcomeKind.FOUND, latency=timedelta(0), cost=MicroUsd(0)
)
page = metrics.page().decode()
metrics.close()

def shown(table):
    console = Console(width=300)
    with console.capture() as capture:
        console.print(table)
    return capture.get()

async def ask():
    transport = httpx.ASGITransport(create_sandbox(companies=5))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        person = await client.get("/borealis/v1/person?email=orla.fenwick@quillmere.test")
        index = await client.get("/")
        return person.json(), index.json()["providers"]

person, served = asyncio.run(ask())
print(json.dumps({
    "catalogue": list(catalogue()),
    "ready": channel.is_ready,
    "headers": dict(channel.key and channel.provider.spec.authenticate(channel.key.secret)),
    "labelled": 'provider="borealis"' in page,
    "offers": shown(offers_table()),
    "setup": shown(setup_table([channel], states)),
    "person": person,
    "served": served,
}))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("with_borealis")
    nothing = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tree / "src", ignore=nothing)
    (tree / "tests" / "providers").mkdir(parents=True)
    for shared in ("pyproject.toml", "tests/providers/conformance.py"):
        shutil.copy(ROOT / shared, tree / shared)
    for path, text in FILES.items():
        (tree / path).write_text(text)
    return tree


@pytest.fixture(scope="module")
def said(tree: Path) -> Mapping[str, Any]:
    return json.loads(_run(tree, "-c", WITNESS).splitlines()[-1])


def test_it_is_three_files() -> None:
    assert len(FILES) == 3
    assert not any((ROOT / path).exists() for path in FILES)


def test_the_catalogue_finds_it(said: Mapping[str, Any]) -> None:
    assert "borealis" in said["catalogue"]


def test_its_settings_are_accepted(said: Mapping[str, Any]) -> None:
    assert said["ready"]
    assert said["headers"] == {"X-Key": "test-key-borealis"}


def test_the_sandbox_replays_it(said: Mapping[str, Any]) -> None:
    assert said["served"]["/borealis"] == "replay"
    assert said["person"] == {"person": {"name": "Orla Fenwick"}}


def test_its_calls_are_counted_under_its_name(said: Mapping[str, Any]) -> None:
    assert said["labelled"]


def test_the_tables_show_it(said: Mapping[str, Any]) -> None:
    offered, setup = said["offers"], said["setup"]
    assert "borealis" in offered
    assert "$0.0100" in offered
    assert "https://api.borealis.test" in setup


def test_the_conformance_suite_holds_for_it(tree: Path) -> None:
    report = _run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/providers")

    assert "passed" in report
    assert "failed" not in report


def _run(tree: Path, *arguments: str) -> str:
    # Also without coverage's own: the copied tree is not the one that is measured.
    ours = ("PYTEST", "COV")
    environment = {
        key: value for key, value in os.environ.items() if not any(own in key for own in ours)
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**environment, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
