"""A private PostgreSQL and Redis that nobody but the chaos kills, and nobody but it starts again.

The product's own keepers would start them at once; here they stay away for as long as they are
to, and come back to the same data directory.
"""

import asyncio
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from roleferry_enrich.embedded import Servers
from roleferry_enrich.private_servers.place import POSTGRES, REDIS, Place
from roleferry_enrich.private_servers.postgres_program import Postgres
from roleferry_enrich.private_servers.privileges import before_exec
from roleferry_enrich.private_servers.programs import Program
from roleferry_enrich.private_servers.redis_program import Redis

_LOOK_S = 0.02
_START_S = 60
_STOP_S = 20


class Server:
    """One server process and its data directory."""

    def __init__(self, place: Place, program: Program) -> None:
        self._place = place
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.is_up = False

    @property
    def url(self) -> str:
        return self._program.url

    async def start(self) -> None:
        """Until it answers."""
        self._program.prepare()
        with self._place.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._program.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=before_exec(
                    account=self._program.account, on_death=self._program.stop_signal
                ),
            )
        async with asyncio.timeout(_START_S):
            while not self._program.answers(self._process.pid):
                code = self._process.poll()
                if code is not None:
                    raise RuntimeError(f"{self._place.name} ended with code {code}")
                await asyncio.sleep(_LOOK_S)
        self.is_up = True

    async def kill(self) -> None:
        """kill -9 of the process and of all its children, which each has a session of its own."""
        self.is_up = False
        if self._process is None:
            return
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._process.pid)
            server.suspend()  # or a child born just now outlives it, and keeps its memory
            family = [server, *server.children(recursive=True)]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            await asyncio.to_thread(psutil.wait_procs, family[1:], _STOP_S)
        self._process.wait(_STOP_S)
        self._process = None

    async def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(self._program.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, _STOP_S)
            await self.kill()


class Databases:
    """Both, below one directory."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        postgres, redis = Place(data_dir, POSTGRES), Place(data_dir, REDIS)
        self.postgres = Server(postgres, Postgres(postgres))
        self.redis = Server(redis, Redis(redis))

    @property
    def urls(self) -> Servers:
        return Servers(database_url=self.postgres.url, redis_url=self.redis.url)

    async def start(self) -> None:
        await self.postgres.start()
        await self.redis.start()

    async def stop(self) -> None:
        await self.redis.stop()
        await self.postgres.stop()
