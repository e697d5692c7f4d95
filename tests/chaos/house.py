"""A whole installation for the chaos: databases, sandbox, API and workers, and an account."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.chaos.posts import Post
from tests.chaos.servers import Databases
from tests.e2e.far_end import far_end
from tests.e2e.installation import environment, free_ports

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.migrate import migrate

# Of the real ones' delays: some dozen milliseconds, so that a kill meets calls that are under way.
_LATENCY = 0.1
_PLENTY = 1_000_000


@dataclass(frozen=True)
class House:
    databases: Databases
    api: Post
    workers: tuple[Post, ...]
    url: str
    key: str
    sandbox_url: str
    logs: Path

    @property
    def posts(self) -> tuple[Post, ...]:
        return (*self.workers, self.api)

    def paid_calls(self) -> int:
        """Those that Hunter answered with somebody, and charges."""
        with far_end(self.sandbox_url) as sandbox:
            hunter = sandbox.ledger().get("hunter", {"statuses": {}})
        return hunter["statuses"].get("200", 0)


@asynccontextmanager
async def opened(directory: Path, *, companies: int, workers: int) -> AsyncIterator[House]:
    """Everything up and answering; at the end nothing is left running."""
    databases = Databases(directory / "servers")
    logs = directory / "logs"
    logs.mkdir(parents=True)
    port, sandbox_port = free_ports(2)
    env = _environment(databases.urls, directory / "data", port, sandbox_port)
    url, sandbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
    async with AsyncExitStack() as stack:
        stack.push_async_callback(databases.stop)
        await databases.start()
        await migrate(databases.urls.database_url)
        key = await _key(directory / "data", databases.urls)
        command = ("sandbox", "--no-limits", "--companies", str(companies))
        sandbox = Post("sandbox", command, lambda _: _answers(f"{sandbox_url}/_health"), env, logs)
        api = Post("api", ("serve",), lambda _: _answers(f"{url}/health/live"), env, logs)
        crew = tuple(
            Post(f"worker-{n}", ("worker",), _has_begun, env, logs) for n in range(workers)
        )
        for post in (sandbox, api, *crew):
            stack.push_async_callback(post.stop)
            post.start()
        for post in (sandbox, api, *crew):
            await post.ready()
        yield House(databases, api, crew, url, key, sandbox_url, logs)


def _environment(servers: Servers, data_dir: Path, port: int, sandbox_port: int) -> dict[str, str]:
    env = environment(
        DATABASE_URL=servers.database_url,
        REDIS_URL=servers.redis_url,
        DATA_DIR=data_dir,
        PORT=port,
        SANDBOX_PORT=sandbox_port,
        SANDBOX_LATENCY_SCALE=_LATENCY,
        USAGE_EVERY_S=0,
        LOG_LEVEL="info",
    )
    own = "ROLEFERRY_PROVIDERS__HUNTER__"
    env[f"{own}API_KEY"] = "test-key-hunter"
    env[f"{own}BASE_URL"] = f"http://127.0.0.1:{sandbox_port}/hunter"
    # What is tested is not how long a limit of 500 a minute takes.
    env[f"{own}PERMITS"] = "1000/s"
    return env


async def _key(data_dir: Path, servers: Servers) -> str:
    async with open_accounts(Settings(data_dir=data_dir), servers) as accounts:
        owner = await accounts.create_account("Chaos")
        key = await accounts.create_key(owner, "chaos", frozenset({"enrich", "read"}))
    engine = create_engine(servers.database_url, pool_size=1)
    try:
        await CreditRepository(engine).grant(owner, _PLENTY)
    finally:
        await engine.dispose()
    return key


def _has_begun(log: Path) -> bool:
    return "worker.started" in log.read_text(errors="replace")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
