"""One installation for the folder: sandbox, API and worker as processes, over real servers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import asyncpg
import httpx
import psutil
import pytest
from tests.e2e.installation import PROGRAM, Installation, environment, free_ports, run
from tests.e2e.promise import Promise
from tests.e2e.sandbox_process import NAMES, Sandbox, forgetful_api, running_sandbox
from tests.e2e.senders import webhooks_of
from tests.processes import ended, eventually
from tests.storage.conftest import fresh_database

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.api.application import create_api
from roleferry_enrich.domain.scopes import USUAL, Scope
from roleferry_enrich.embedded import Servers
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.engine import driver_url
from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.supervision import Supervisor

ORLA = {"email": "orla.fenwick@quillmere.test"}
QUILLMERE = {"domain": "quillmere.test", "limit": 10}

Command = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> Iterator[str]:
    """Not the session's, which other tests expect to be empty."""
    with fresh_database(servers.database_url) as url:
        asyncio.run(migrate(url))
        yield url


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
    port, sandbox_port = free_ports(2)
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    env = environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        DATA_DIR=data_dir,
        PORT=port,
        SANDBOX_PORT=sandbox_port,
        SANDBOX_LATENCY_SCALE=0.02,
        USAGE_EVERY_S=0,
        LOG_LEVEL="debug",
    )
    for name in NAMES:
        env[f"ROLEFERRY_PROVIDERS__{name.upper()}__API_KEY"] = f"test-key-{name}"
        env[f"ROLEFERRY_PROVIDERS__{name.upper()}__BASE_URL"] = f"{sandbox_url}/{name}"
    # Hundreds of items ask it, and its real limit of 500 a minute would be all that is tested.
    env["ROLEFERRY_PROVIDERS__HUNTER__PERMITS"] = "1000/s"
    owner, *keys = asyncio.run(_keys(data_dir, Servers(database_url, redis_url)))
    env |= webhooks_of(owner)
    with _stopped_at_the_end() as supervisor:
        start = {"env": env, "quiet": True}
        sandbox = supervisor.start("sandbox", [*PROGRAM, "sandbox", "--no-limits"], **start)
        serve = supervisor.start("serve", [*PROGRAM, "serve"], **start)
        supervisor.start("worker", [*PROGRAM, "worker"], **start)
        url = f"http://127.0.0.1:{port}"
        supervisor.wait_ready(sandbox, f"{sandbox_url}/_health")
        supervisor.wait_ready(serve, f"{url}/health/ready")
        yield Installation(url, sandbox_url, *keys, redis_url, env, serve)
        supervisor.check()


@contextmanager
def _stopped_at_the_end() -> Iterator[Supervisor]:
    # Without `supervised`, which would keep Ctrl-C from pytest.
    supervisor = Supervisor()
    try:
        yield supervisor
    finally:
        ours = psutil.Process().children(recursive=True)
        started = [child for child in ours if "roleferry_enrich" in child.cmdline()]
        supervisor.stop()
        assert started
        assert eventually(lambda: all(map(ended, started)))


async def _keys(data_dir: Path, servers: Servers) -> list[str]:
    """The id of an account, then its key and those of others that know nothing of each other."""
    async with open_accounts(Settings(data_dir=data_dir), servers) as accounts:
        owners = [await accounts.create_account(name) for name in ("one", "other", "command line")]
        keys = [await accounts.create_key(it, "e2e", USUAL | {Scope.PERSONAL}) for it in owners]
        return [str(owners[0]), *keys]


@pytest.fixture(scope="session")
def promise() -> Promise:
    return Promise(create_api().openapi())


@pytest.fixture(scope="session")
def client(installation: Installation) -> Iterator[httpx.Client]:
    yield from _client(installation.url, installation.key)


@pytest.fixture(scope="session")
def other_client(installation: Installation) -> Iterator[httpx.Client]:
    yield from _client(installation.url, installation.other_key)


def _client(url: str, key: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
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
