"""Sets up what a benchmark needs and takes all of it down again: servers, far end, services."""

import asyncio
import json
import os
import socket
import sys
import tempfile
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import USUAL, Scope
from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.supervision import Supervisor, supervised

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process of the benchmark, and where it answers."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self) -> "Count":
        with urllib.request.urlopen(f"{self.url}/_count") as answer:
            return Count(**json.load(answer))


@dataclass(frozen=True, slots=True)
class Count:
    """What a far end did since it was started."""

    calls: int
    cpu_s: float
    up_s: float

    def since(self, earlier: "Count") -> str:
        """As a note, so that one sees that it was no bottleneck."""
        share = (self.cpu_s - earlier.cpu_s) / (self.up_s - earlier.up_s)
        return f"far end: {self.calls - earlier.calls} calls, {share:.0%} of a core"


@dataclass(frozen=True, slots=True)
class Stage:
    settings: Settings
    servers: Servers
    supervisor: Supervisor

    def far_end(self, *, slowest_ms: float = 0.0, hung: int = 0) -> Child:
        options = ("--slowest-ms", str(slowest_ms), "--hung", str(hung))
        return self._start("far_end", *options, ready="/_count")

    def service(self, far_end: Child, *, quota: int | None = None) -> Child:
        """The product on uvicorn, exactly as `serve` runs it, with the benchmark's providers.

        `quota`: requests an account may make in any window; by default more than it will.
        """
        options = () if quota is None else ("--quota", str(quota))
        return self._start("service", far_end.url, *options, ready="/health/live")

    def worker(self, far_end: Child) -> Child:
        """The product's worker; its port is that of its metrics."""
        return self._start("batch_worker", far_end.url, ready="/metrics")

    def bare(self) -> Child:
        """A FastAPI application that does nothing, on the same uvicorn."""
        return self._start("bare", ready="/health/live")

    def key(self, scopes: Collection[Scope] = USUAL) -> str:
        """An API key of a new account."""
        return asyncio.run(self._make_key(scopes))

    async def _make_key(self, scopes: Collection[Scope]) -> str:
        async with open_accounts(self.settings, self.servers) as accounts:
            owner = await accounts.create_account("bench")
            return await accounts.create_key(owner, "bench", scopes)

    def _start(self, module: str, *arguments: str, ready: str) -> Child:
        port = free_port()
        command = [sys.executable, "-m", f"benchmarks.{module}", str(port), *arguments]
        env = environment(self.settings.data_dir) | {
            "ROLEFERRY_DATABASE_URL": self.servers.database_url,
            "ROLEFERRY_REDIS_URL": self.servers.redis_url,
        }
        started = self.supervisor.start(module, command, env=env, quiet=True)
        child = Child(port=port, pid=started.process.pid)
        self.supervisor.wait_ready(started, child.url + ready)
        return child


@contextmanager
def stage() -> Iterator[Stage]:
    """Private servers with the schema, in a directory that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rfe-bench-") as directory:
        settings = Settings(data_dir=Path(directory), log_level="warning")
        with servers_of(settings) as servers, supervised() as supervisor:
            asyncio.run(migrate(servers.database_url))
            yield Stage(settings, servers, supervisor)


def environment(data_dir: Path | None = None) -> dict[str, str]:
    """Ours, less any setting of the service, and with a way to import both packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLEFERRY_")}
    paths = (str(_ROOT), str(_ROOT / "src"), kept.get("PYTHONPATH", ""))
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return kept if data_dir is None else kept | {"ROLEFERRY_DATA_DIR": str(data_dir)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
