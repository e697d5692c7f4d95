"""The processes of the product that are killed, stopped and replaced: the API and its workers."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.e2e.installation import PROGRAM

from roleferry_enrich.private_servers.privileges import before_exec

_LOOK_S = 0.05
_READY_S = 120.0
_STOP_S = 60.0
_LAST = 2000


class Post:
    """A place where one process of a kind runs, whoever it is just now."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        works: Callable[[Path], bool],
        env: Mapping[str, str],
        logs: Path,
    ) -> None:
        """`works`: whether the one who writes this log has begun."""
        self.name = name
        self._command = [*PROGRAM, *command]
        self._works = works
        self._env = env
        self._logs = logs
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._began = 0
        self._was_ready = False
        self.is_held = False
        """Somebody is about to change who runs here; nobody else may."""
        self.is_stopped = False
        """By SIGSTOP."""
        self.fell_over: list[str] = []
        """Last words of those that ended though nobody ended them."""
        self.unclean: list[str] = []
        """Those of who was told to stop, and ended with an error or not at all."""

    def start(self) -> None:
        self._began += 1
        self._was_ready = False
        self._log = self._logs / f"{self.name}-{self._began}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before_exec(on_death=signal.SIGKILL),
            )

    def is_up(self) -> bool:
        """Whether it works; one that fell over is started again, as by any supervisor."""
        if self._process is None or self._log is None:
            return False
        code = self._process.poll()
        if code is None:
            self._was_ready = self._was_ready or self._works(self._log)
            return self._was_ready
        # Without a database nobody can start: that is for the supervisor, and no fault.
        if self._was_ready:
            self.fell_over.append(f"{self.name} ended with {code}: {_last_words(self._log)}")
        self.start()
        return False

    async def ready(self) -> None:
        async with asyncio.timeout(_READY_S):
            while not self.is_up():  # noqa: ASYNC110 - another process rings no bell
                await asyncio.sleep(_LOOK_S)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        if self._process is not None:
            self.is_stopped = True
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.is_stopped = False
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    async def replace(self, *, side_by_side: bool) -> None:
        """Tell it to stop, and start its successor; `side_by_side` at once, else afterwards."""
        old, log, was_ready = self._process, self._log, self._was_ready
        if side_by_side:
            self.start()
        if old is not None and log is not None:
            await self._end(old, log, was_ready=was_ready)
        if not side_by_side:
            self.start()

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and self._log is not None:
            process.send_signal(signal.SIGCONT)
            await self._end(process, self._log, was_ready=self._was_ready)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    async def _end(self, process: subprocess.Popen[bytes], log: Path, *, was_ready: bool) -> None:
        process.terminate()
        try:
            code = await asyncio.to_thread(process.wait, _STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        # Uvicorn ends in order and then as the signal does; so does one that had not begun.
        if was_ready and code not in {0, -signal.SIGTERM}:
            self.unclean.append(f"{self.name} told to stop ended with {code}: {_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-_LAST:]
