"""The process that owns one private server and ends it when nobody uses it any more.

It starts the server again when that falls over, and it notices when all users were killed at
once. Run as `python -m roleferry_enrich.private_servers.keeper <data_dir> <name>`; the
command returns at once and goes on in the background, in a session of its own that no Ctrl-C
reaches.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import psutil

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_servers.claims import Claim
from roleferry_enrich.private_servers.place import POSTGRES, REDIS, Place, State
from roleferry_enrich.private_servers.postgres_program import Postgres
from roleferry_enrich.private_servers.privileges import before_exec
from roleferry_enrich.private_servers.programs import Program
from roleferry_enrich.private_servers.redis_program import Redis

_PROGRAMS: Mapping[str, Callable[[Place], Program]] = MappingProxyType(
    {POSTGRES: Postgres, REDIS: Redis}
)
_STOP_S = 15.0
_STARTING_S = 0.01
_WATCHING_S = 0.5
# After a kill -9 PostgreSQL's children hold its shared memory for a moment longer.
_ATTEMPTS = 8
_BETWEEN_ATTEMPTS_S = 0.3


def main(data_dir: str, name: str) -> None:
    place = Place(Path(data_dir), name)
    if not Claim(place.keeper).take():
        return
    left_behind = place.read()
    _go_to_background(place)  # the child inherits the claim
    try:
        program = _PROGRAMS[name](place)
        _stop_left_behind(left_behind, program)
        _Keeper(place, program).run()
        if program.socket.parent != place.directory:
            shutil.rmtree(program.socket.parent)
    except (ConfigurationError, OSError, subprocess.CalledProcessError) as error:
        place.publish(State(keeper=os.getpid(), failure=_reason(error)))
        raise SystemExit(1) from error


def _go_to_background(place: Place) -> None:
    """The parent ends when the child's id is published, so whoever waits can tell it to stop."""
    readable, writable = os.pipe()
    child = os.fork()
    if child:
        place.publish(State(keeper=child))
        os._exit(0)
    os.close(writable)
    os.read(readable, 1)
    os.close(readable)
    os.setsid()


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(error.cmd[0]).name} ended with code {error.returncode}"
    return str(error)


def _stop_left_behind(state: State | None, ours: Program) -> None:
    """A server whose keeper was killed, on a system that did not tell it so."""
    if state is None or state.server is None:
        return
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(state.server)
        if server.create_time() != state.server_started:
            return
        server.send_signal(ours.stop_signal)
        until = time.monotonic() + _STOP_S
        # In a container nobody may collect the ended process: it stays, as a zombie.
        while server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
            time.sleep(_STARTING_S)
        server.send_signal(ours.kill_signal)


class _Keeper:
    def __init__(self, place: Place, program: Program) -> None:
        self._place = place
        self._program = program
        self._entrance = Claim(place.entrance)
        self._users = Claim(place.users)
        self._told_to_stop = False
        self._wake = self._listen_for_signals()

    def run(self) -> None:
        self._program.prepare()
        attempts = 0
        while not self._told_to_stop:
            server = self._start()
            attempts = 0 if self._watch(server) else attempts + 1
            self._place.publish(State(keeper=os.getpid()))
            if attempts == _ATTEMPTS:
                raise ConfigurationError(f"it stopped with code {server.returncode}")
            if not self._told_to_stop:
                self._sleep(_BETWEEN_ATTEMPTS_S)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # our own binary and paths
            self._program.command(),
            stdin=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            preexec_fn=before_exec(  # noqa: PLW1509  # the keeper has one thread
                account=self._program.account, on_death=self._program.stop_signal
            ),
        )

    def _watch(self, server: subprocess.Popen[bytes]) -> bool:
        """Until the server has ended, of itself or because we stopped it; whether it answered."""
        started = psutil.Process(server.pid).create_time()
        state = State(keeper=os.getpid(), server=server.pid, server_started=started)
        self._place.publish(state)
        answered = False
        while server.poll() is None:
            if self._told_to_stop or self._nobody_left():
                self._told_to_stop = True
                self._stop(server)
                break
            if not answered and self._program.answers(server.pid):
                answered = True
                socket = os.fspath(self._program.socket)
                self._place.publish(replace(state, url=self._program.url, socket=socket))
            self._sleep(_WATCHING_S if answered else _STARTING_S)
        return answered

    def _nobody_left(self) -> bool:
        """If so, the entrance stays claimed: who comes now waits until we are gone."""
        if not self._entrance.take():
            return False
        if self._users.take():
            return True
        self._entrance.release()
        return False

    def _stop(self, server: subprocess.Popen[bytes]) -> None:
        for number in (self._program.stop_signal, self._program.kill_signal, signal.SIGKILL):
            server.send_signal(number)
            try:
                server.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                continue
            return

    def _listen_for_signals(self) -> int:
        """A pipe that can be read when a signal came, so that no sleep outlasts one."""
        readable, writable = os.pipe()
        os.set_blocking(writable, False)
        os.set_blocking(readable, False)
        signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._note_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        return readable

    def _note_stop(self, *_: object) -> None:
        self._told_to_stop = True

    def _sleep(self, seconds: float) -> None:
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
