"""The demo: every part of the product at once, over real HTTP, against invented providers.

private servers -> schema -> sandbox, API, worker -> one enrichment, one executive discovery
"""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from roleferry_enrich.accounts.kept_key import kept_key
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings, secret_setting_names
from roleferry_enrich.embedded import Servers, servers_of
from roleferry_enrich.errors import ConfigurationError, RoleferryError
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.ports import require_free_port
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.own_store import OwnStore
from roleferry_enrich.providers.routines import RunsRoutine
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.migrate import migrate
from roleferry_enrich.supervision import ChildEnded, Stopped, Supervisor, supervised
from roleferry_enrich.terminal import tables
from roleferry_enrich.terminal.printing import console
from roleferry_enrich.terminal.service import remote

_PERSON = {"email": "orla.fenwick@quillmere.test"}
_COMPANY = {"domain": "quillmere.test", "limit": 10}
_KEY_FILE = "demo_key"


def run_demo(settings: Settings, *, once: bool) -> None:
    """Print two live answers, then serve until Ctrl-C unless `once`."""
    if settings.environment == "production":
        raise ConfigurationError("the demo is not for ROLEFERRY_ENVIRONMENT=production")
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    require_free_port(settings.host, settings.port, "ROLEFERRY_PORT")
    require_free_port(settings.host, settings.sandbox_port, "ROLEFERRY_SANDBOX_PORT")
    try:
        with servers_of(settings) as servers, supervised() as supervisor:
            _Demo(settings, servers, supervisor, console()).run(once=once)
    except ChildEnded as error:
        raise DemoFailed(str(error)) from error
    except Stopped as stopped:
        # A shell's own number for a command that a signal ended.
        sys.exit(128 + stopped.number)


def _url(host: str, port: int) -> str:
    """Where a server that listens on `host` can be asked from here."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


class DemoFailed(RoleferryError):
    """A part of the demo ended by itself; the message has its last words."""


class _Demo:
    def __init__(
        self, settings: Settings, servers: Servers, supervisor: Supervisor, out: Console
    ) -> None:
        self._settings = settings
        self._servers = servers
        self._supervisor = supervisor
        self._out = out
        self._api = _url(settings.host, settings.port)
        self._sandbox = _url(settings.host, settings.sandbox_port)

    def run(self, *, once: bool) -> None:
        sandbox = self._start("sandbox", "--port", str(self._settings.sandbox_port))
        # It needs the schema with the first request only; the worker at once.
        api = self._start("serve")
        key = asyncio.run(self._prepare())
        self._start("worker")
        self._supervisor.wait_ready(sandbox, f"{self._sandbox}/_health")
        self._supervisor.wait_ready(api, f"{self._api}/health/ready")
        asyncio.run(self._show(key))
        if not once:
            self._invite(key)
            self._serve()

    def _serve(self) -> None:
        """Until Ctrl-C, which is how a demo is meant to end."""
        with suppress(Stopped):
            self._supervisor.watch()

    async def _prepare(self) -> str:
        """The schema up to date, and a demo account's key."""
        with self._supervisor.cancelling():
            await migrate(self._servers.database_url, at_rest=open_at_rest(self._settings))
            async with open_accounts(self._settings, self._servers) as accounts:
                return await kept_key(accounts, self._settings.data_dir / _KEY_FILE, "demo")

    def _start(self, *arguments: str) -> Any:
        command = [sys.executable, "-m", "roleferry_enrich", *arguments]
        return self._supervisor.start(arguments[0], command, env=self._environment(), quiet=True)

    def _environment(self) -> Mapping[str, str]:
        """Settings of the children: our servers, and every far end in the sandbox."""
        settings = self._settings
        # A secret of ours that is also given as a file would be given twice.
        environment = {f"{name}_FILE": "" for name in secret_setting_names()} | {
            "ROLEFERRY_DATABASE_URL": self._servers.database_url,
            "ROLEFERRY_REDIS_URL": self._servers.redis_url,
            "ROLEFERRY_DATA_DIR": str(settings.data_dir.resolve()),
            "ROLEFERRY_HOST": settings.host,
            "ROLEFERRY_PORT": str(settings.port),
            "ROLEFERRY_SANDBOX_PORT": str(settings.sandbox_port),
        }
        # Our own database needs no sandbox: it knows what the demo has been asked.
        far_ends = {n: it for n, it in catalogue().items() if not isinstance(it, OwnStore)}
        for name, adapter in far_ends.items():
            prefix = f"ROLEFERRY_PROVIDERS__{name.upper()}__"
            environment[f"{prefix}BASE_URL"] = f"{self._sandbox}/{name}"
            environment[f"{prefix}API_KEY"] = f"demo-key-{name}"
            if isinstance(adapter, RunsRoutine):
                environment[f"{prefix}ROUTINE"] = "function:t_work_email"
        return environment

    async def _show(self, key: str) -> None:
        with self._supervisor.cancelling():
            await self._shown(key)

    async def _shown(self, key: str) -> None:
        async with remote(self._api, key, by_proxy=False) as service:
            self._head("/enrich", _PERSON)
            self._out.print(tables.enrichment(await service.post("/enrich", _PERSON)))
            self._head("/companies/executives", _COMPANY)
            answer = await service.post("/companies/executives", _COMPANY)
            self._out.print(tables.executives(answer))

    def _head(self, path: str, body: Mapping[str, Any]) -> None:
        self._out.print(Rule(Text(f"POST {path} {orjson.dumps(body).decode()}")))

    def _invite(self, key: str) -> None:
        self._out.rule("Serving; Ctrl-C ends it and everything it started")
        self._out.print(
            f"API      {self._api}    its document: {self._api}/docs\n"
            f"Sandbox  {self._sandbox}    what is true: {self._sandbox}/_truth\n"
            f"Key      {key}\n\n"
            f"curl -s {self._api}/enrich -H 'Authorization: Bearer {key}' \\\n"
            f"  -H 'Content-Type: application/json' -d '{{\"email\": \"{_PERSON['email']}\"}}'",
            soft_wrap=True,
        )
