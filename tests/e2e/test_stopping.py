"""A service that is told to stop while it works, and one that has no file left to open."""

import asyncio
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from tests.e2e.installation import PROGRAM, environment, free_ports
from tests.e2e.sandbox_process import KEYED, NAMES, Sandbox, running_sandbox
from tests.processes import eventually

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import USUAL
from roleferry_enrich.embedded import Servers

SLOW_S = 1.5
CALLERS = 12
_MOST_FILES = 4096


@dataclass(frozen=True, slots=True)
class Service:
    process: subprocess.Popen[bytes]
    url: str
    key: str

    def enrich(self, number: int) -> httpx.Response:
        asked = {"email": f"person{number}@quillmere.test", "deadline_ms": 10_000}
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.post(f"{self.url}/enrich", json=asked, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox(companies=3) as sandbox:
        yield sandbox


Started = Callable[..., Service]


@pytest.fixture
def started(
    far_ends: Sandbox, database_url: str, redis_url: str, tmp_path: Path
) -> Iterator[Started]:
    """Starts a service of this test alone."""
    far_ends.clear()
    servers = Servers(database_url, redis_url)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_service(far_ends, servers, tmp_path))


@contextmanager
def _service(far_ends: Sandbox, servers: Servers, directory: Path) -> Iterator[Service]:
    [port] = free_ports(1)
    env = environment(
        DATABASE_URL=servers.database_url,
        REDIS_URL=servers.redis_url,
        DATA_DIR=directory,
        PORT=port,
        LOG_LEVEL="error",
    )
    for name in NAMES:
        env[f"ROLEFERRY_PROVIDERS__{name.upper()}__BASE_URL"] = f"{far_ends.url}/{name}"
    for name in KEYED:
        env[f"ROLEFERRY_PROVIDERS__{name.upper()}__API_KEY"] = f"test-key-{name}-{port}"
    key = asyncio.run(_key(directory, servers))
    process = subprocess.Popen([*PROGRAM, "serve"], env=env, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: _health(f"http://127.0.0.1:{port}") == 200)
        yield Service(process, f"http://127.0.0.1:{port}", key)
    finally:
        process.kill()
        process.wait()


async def _key(directory: Path, servers: Servers) -> str:
    async with open_accounts(Settings(data_dir=directory), servers) as accounts:
        return await accounts.create_key(await accounts.create_account("stopping"), "tests", USUAL)


def _health(url: str) -> int | None:
    try:
        return httpx.get(f"{url}/health/ready", timeout=60).status_code
    except httpx.HTTPError:
        return None


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT,)],
    ids=["SIGTERM twice", "SIGINT"],
)
def test_h80_who_was_let_in_is_answered_before_a_service_ends(
    started: Started, far_ends: Sandbox, signals: tuple[signal.Signals, ...]
) -> None:
    service = started()
    service.enrich(CALLERS)  # the first is slow to let in, while connections are opened
    far_ends.plan("hunter", "slow", seconds=SLOW_S)
    before = far_ends.calls("hunter")
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = [pool.submit(service.enrich, number) for number in range(CALLERS)]
        assert eventually(lambda: far_ends.calls("hunter") >= before + CALLERS)
        for number in signals:
            service.process.send_signal(number)
            time.sleep(0.1)
        code = service.process.wait(30)
        statuses = [answer.result().status_code for answer in answers]

    assert statuses == [200] * CALLERS
    assert code in {0, -signals[0], 128 + signals[0]}
    assert _health(service.url) is None


def test_h80_a_worker_ends_when_told(database_url: str, redis_url: str, tmp_path: Path) -> None:
    env = environment(DATABASE_URL=database_url, REDIS_URL=redis_url, DATA_DIR=tmp_path)
    with subprocess.Popen([*PROGRAM, "worker"], env=env, stderr=subprocess.PIPE) as worker:
        assert worker.stderr is not None
        assert any(b"worker.started" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGTERM)
        try:
            _, said = worker.communicate(timeout=60)
        finally:
            worker.kill()

    assert worker.returncode == 0
    assert b"worker.stopped" in said


def test_h81_without_a_file_left_newcomers_are_turned_away_and_health_is_truthful(
    started: Started,
) -> None:
    service = started()
    process = psutil.Process(service.process.pid)
    with httpx.Client(base_url=service.url, timeout=60) as known, ExitStack() as idle:
        assert _is_truthful(known)
        process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 20, _MOST_FILES))
        sockets = _crowd(service, idle)
        # Who was let in keeps the place for as long as it asks: a pause of seconds would end it.
        assert eventually(lambda: _is_truthful(known) and sum(map(_is_turned_away, sockets)) >= 70)
        # Who asks for nothing is let go after a while: others take their place.
        assert eventually(
            lambda: (
                _is_truthful(known) and bool(_crowd(service, idle)) and _health(service.url) is None
            )
        )
        assert _is_truthful(known)
    assert eventually(lambda: _health(service.url) == 200)
    assert service.process.poll() is None


def _is_truthful(known: httpx.Client) -> bool:
    assert known.get("/health/live").json() == {"status": "alive"}
    return known.get("/health/ready").json()["status"] == "ready"


def _crowd(service: Service, idle: ExitStack) -> list[socket.socket]:
    return [idle.enter_context(_idle_connection(service)) for _ in range(100)]


def _idle_connection(service: Service) -> socket.socket:
    url = httpx.URL(service.url)
    return socket.create_connection((url.host, url.port), timeout=60)


def _is_turned_away(idle: socket.socket) -> bool:
    """Closed, not left hanging."""
    try:
        idle.setblocking(False)
        return idle.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
