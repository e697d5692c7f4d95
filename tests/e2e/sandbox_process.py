"""The sandbox as a process of its own, and the whole API in this one that calls it over HTTP."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import delete
from tests.e2e.far_end import FarEnd, far_end
from tests.processes import eventually

import roleferry_enrich
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.providers import ProviderSettings
from roleferry_enrich.configuration.quotas import NO_QUOTA
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import USUAL, Scope
from roleferry_enrich.embedded import Servers
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.own_store import OwnStore
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.tables import call_intents

# Our own database is no far end: it is the one that the API under test works with.
FAR = {name: it for name, it in catalogue().items() if not isinstance(it, OwnStore)}
NAMES = tuple(FAR)
KEYED = tuple(name for name, provider in FAR.items() if provider.spec.authenticate)


@dataclass(frozen=True)
class Sandbox(FarEnd):
    """One that can be killed."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running_sandbox(*, companies: int = 60) -> Iterator[Sandbox]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = str(Path(roleferry_enrich.__file__).parents[1])
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "ROLEFERRY_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "roleferry_enrich", "sandbox", "--no-latency"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--companies", str(companies)], env=environment
    )
    url = f"http://127.0.0.1:{port}"
    try:
        with far_end(url) as controls:
            assert eventually(lambda: _answers(controls.client))
            yield Sandbox(url, controls.client, process)
    finally:
        process.kill()
        process.wait()


def settings_for(url: str, data_dir: Path, **each: object) -> Settings:
    """Every provider at that address, with test keys of their own: the sandbox limits by key."""
    key = uuid4().hex
    return Settings(
        data_dir=data_dir,
        secret_key=SecretStr("test-pepper-0123456789-0123456789-abc"),
        log_level="error",
        usage_every_s=0,
        **NO_QUOTA,
        providers={name: _provider(name, url, key, each) for name in NAMES},
    )


@asynccontextmanager
async def running_api(settings: Settings, servers: Servers) -> AsyncIterator[httpx.AsyncClient]:
    """The API over its own resources, and a client with a key of a new account."""
    async with open_accounts(settings, servers) as accounts:
        account_id = await accounts.create_account("Fault tests")
        token = await accounts.create_key(
            account_id, "tests", USUAL | {Scope.PERSONAL, Scope.PRIVACY}
        )
    app = create_app(settings, servers)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport,
            base_url="http://api.test",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        ) as client,
    ):
        yield client


def _provider(name: str, url: str, key: str, each: dict[str, object]) -> ProviderSettings:
    given = {"api_key": SecretStr(f"test-key-{name}-{key}")} if name in KEYED else {}
    return ProviderSettings(base_url=f"{url}/{name}", **given, **each)


def _answers(control: httpx.Client) -> bool:
    try:
        return control.get("/_health").status_code == 200
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def forgetful_api(
    far_ends: Sandbox, servers: Servers, data_dir: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """With nothing remembered, and no reply kept, from another test."""
    far_ends.clear()
    far_ends.forget()
    engine = create_engine(servers.database_url)
    async with engine.begin() as connection:
        await connection.execute(delete(call_intents))
    await engine.dispose()
    async with Redis.from_url(servers.redis_url) as redis:
        await redis.flushdb()
    async with running_api(settings_for(far_ends.url, data_dir), servers) as client:
        yield client
