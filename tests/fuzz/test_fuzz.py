"""A slice of `make fuzz`: the examples of each operation and more of some, with every check."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import migrated_database
from tests.e2e.sandbox_process import running_sandbox
from tests.fuzz.house import House, opened
from tests.fuzz.run import Bounds, fuzz

from roleferry_enrich.embedded import Servers

REQUESTS = 150


@pytest.fixture
def house(servers: Servers, tmp_path: Path) -> Iterator[House]:
    with (
        migrated_database(servers.database_url) as url,
        running_sandbox(companies=3) as sandbox,
        opened(Servers(url, servers.redis_url), sandbox.url, tmp_path) as house,
    ):
        yield house


@pytest.mark.timeout(600)
def test_no_generated_request_breaks_a_promise_of_the_document(house):
    bounds = Bounds(REQUESTS, seconds=300, examples=1, seed=1, phases=("examples", "coverage"))

    findings = fuzz(house, bounds, lambda _: None)

    assert house.tally.total >= REQUESTS
    assert not house.tally.broken
    assert not findings.details
    assert len(findings.checked) >= 12
    assert {200, 401, 422} <= house.tally.answers.keys()
