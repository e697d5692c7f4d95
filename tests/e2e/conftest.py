"""One installation for the folder: sandbox, API and worker as processes, over real servers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import asyncpg
import httpx
import pytest
from tests.databases import migrated_database
from tests.e2e.installation import Installation, environment, run, running_installation
from tests.e2e.promise import Promise
from tests.e2e.sandbox_process import Sandbox, forgetful_api, running_sandbox

from roleferry_enrich.api.application import create_api
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.engine import driver_url

ORLA = {"email": "orla.fenwick@quillmere.test"}
QUILLMERE = {"domain": "quillmere.test", "limit": 10}

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> Iterator[str]:
    """Of the installation, which all files share."""
    with migrated_database(servers.database_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    return servers.redis_url


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    """Of a small world; a module that needs another has its own."""
    with running_sandbox(companies=20) as sandbox:
        yield sandbox


@pytest.fixture
async def api(
    far_ends: Sandbox, database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """In this process, and remembers nothing of the test before."""
    async with forgetful_api(far_ends, Servers(database_url, redis_url), tmp_path) as client:
        yield client


@pytest.fixture(scope="module")
def list_emptied(database_url: str) -> Iterator[None]:
    """Afterwards nobody is suppressed: others, with other secrets, could not read the list."""
    yield
    asyncio.run(_empty_list(database_url))


async def _empty_list(database_url: str) -> None:
    connection = await asyncpg.connect(driver_url(database_url))
    try:
        await connection.execute("TRUNCATE suppressions")
        await connection.execute(
            "UPDATE suppression_state SET key_id = NULL, version = version + 1"
        )
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def installation(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    data_dir = tmp_path_factory.mktemp("e2e") / "data"
    with running_installation(Servers(database_url, redis_url), data_dir) as installation:
        yield installation


@pytest.fixture(scope="session")
def promise() -> Promise:
    return Promise(create_api().openapi())


@pytest.fixture(scope="session")
def client(installation: Installation) -> Iterator[httpx.Client]:
    with installation.client(installation.key) as client:
        yield client


@pytest.fixture(scope="session")
def other_client(installation: Installation) -> Iterator[httpx.Client]:
    with installation.client(installation.other_key) as client:
        yield client


@pytest.fixture(scope="session")
def enriched(client: httpx.Client) -> httpx.Response:
    """Asked of everybody after one provider has been asked alone, so that there is a history."""
    assert client.post("/enrich", json={**ORLA, "providers": {"include": ["hunter"]}}).is_success
    return client.post("/enrich", json=ORLA)


@pytest.fixture(scope="session")
def led(client: httpx.Client, enriched: httpx.Response) -> httpx.Response:
    return client.post("/companies/executives", json=QUILLMERE)


@pytest.fixture
def command(tmp_path: Path, installation: Installation) -> Command:
    """The command line in a process of its own, in an empty directory."""
    asked = ("--url", installation.url, "--key", installation.command_key)

    def ask(*arguments: str) -> CompletedProcess[str]:
        return run(*arguments, *asked, cwd=tmp_path, env=environment())

    return ask
