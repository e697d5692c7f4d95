from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from tests.sandbox.server import serving
from tests.sandbox.stub_voice import TINY, StubVoice

from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.population import Population, populate


@pytest.fixture(scope="session")
def population() -> Population:
    return populate(7)


@pytest.fixture(scope="session")
def directory(population: Population) -> Directory:
    return Directory(population)


@pytest.fixture
async def sandbox() -> AsyncIterator[httpx.AsyncClient]:
    """In this process; apollo is unlimited, clearbit is limited, hunter has no voice."""
    voices = [StubVoice("apollo"), StubVoice("clearbit", TINY)]
    app = create_sandbox(companies=40, latency=0, voices=voices)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of a sandbox behind a real server."""
    app = create_sandbox(companies=20, latency=0, voices=[StubVoice("apollo", TINY[1:])])
    with serving(app) as url:
        yield url
