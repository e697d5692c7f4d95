"""The product as its processes, for tests that stand outside of it."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from tests.e2e.far_end import FarEnd, far_end
from tests.e2e.sandbox_process import NAMES
from tests.e2e.senders import webhooks_of
from tests.processes import ended, eventually

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import USUAL, Scope
from roleferry_enrich.embedded import Servers
from roleferry_enrich.supervision import Child, Supervisor

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = (sys.executable, "-m", "roleferry_enrich")


def free_ports(count: int) -> list[int]:
    """Free until somebody takes them: all are held until all are known."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def environment(**settings: object) -> dict[str, str]:
    """This process's own, without what the person running the tests has set for the product."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("RFE_")}
    # What is tested is not how long a quota lasts.
    free = {f"QUOTA_PER_{window}": 0 for window in ("MINUTE", "HOUR", "DAY")}
    given = {f"ROLEFERRY_{name}": str(value) for name, value in {**free, **settings}.items()}
    return {**plain, "PYTHONPATH": str(SOURCE), **given}


def run(
    *arguments: str, cwd: Path, env: Mapping[str, str], within_s: float = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=within_s,
    )


@dataclass(frozen=True, slots=True)
class Installation:
    """A service that runs, with the keys of three accounts."""

    url: str
    sandbox: FarEnd
    key: str
    other_key: str
    command_key: str
    redis_url: str
    environment: Mapping[str, str]
    serve: Child

    def client(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def log(self) -> str:
        """All that `serve` has written. Read at a place: the file's own belongs to the process."""
        file = self.serve.output.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode()


@contextmanager
def running_installation(servers: Servers, data_dir: Path) -> Iterator[Installation]:
    """Sandbox, API and worker as processes, over a database that is migrated."""
    port, sandbox_port = free_ports(2)
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    env = environment(
        DATABASE_URL=servers.database_url,
        REDIS_URL=servers.redis_url,
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
    owner, *keys = asyncio.run(_keys(data_dir, servers))
    env |= webhooks_of(owner)
    with _stopped_at_the_end() as supervisor, far_end(sandbox_url) as far:
        start = {"env": env, "quiet": True}
        sandbox = supervisor.start("sandbox", [*PROGRAM, "sandbox", "--no-limits"], **start)
        serve = supervisor.start("serve", [*PROGRAM, "serve"], **start)
        supervisor.start("worker", [*PROGRAM, "worker"], **start)
        url = f"http://127.0.0.1:{port}"
        supervisor.wait_ready(sandbox, f"{sandbox_url}/_health")
        supervisor.wait_ready(serve, f"{url}/health/ready")
        yield Installation(url, far, *keys, servers.redis_url, env, serve)
        supervisor.check()


@contextmanager
def _stopped_at_the_end() -> Iterator[Supervisor]:
    # Without `supervised`, which would keep Ctrl-C from pytest.
    supervisor = Supervisor()
    try:
        yield supervisor
    finally:
        started = [psutil.Process(child.process.pid) for child in supervisor._children]
        started += [each for child in started for each in child.children(recursive=True)]
        supervisor.stop()
        assert started
        assert eventually(lambda: all(map(ended, started)))


async def _keys(data_dir: Path, servers: Servers) -> list[str]:
    """The id of an account, then its key and those of others that know nothing of each other."""
    async with open_accounts(Settings(data_dir=data_dir), servers) as accounts:
        owners = [await accounts.create_account(name) for name in ("one", "other", "command line")]
        keys = [await accounts.create_key(it, "e2e", USUAL | {Scope.PERSONAL}) for it in owners]
        return [str(owners[0]), *keys]
