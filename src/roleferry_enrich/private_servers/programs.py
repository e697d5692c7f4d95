"""What a keeper must know of the program it runs, and where such a program puts its socket."""

import hashlib
import importlib.util
import os
import signal
import tempfile
from pathlib import Path
from typing import Protocol

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_servers.place import SOCKET_PATH_LIMIT, Place
from roleferry_enrich.private_servers.privileges import Account


class Program(Protocol):
    account: Account | None
    stop_signal: signal.Signals
    kill_signal: signal.Signals
    """For a server that does not heed the first."""
    socket: Path
    url: str

    def prepare(self) -> None: ...
    def command(self) -> list[str]: ...
    def answers(self, pid: int) -> bool: ...


def socket_directory(place: Place, name: str, account: Account | None) -> Path:
    """The server's own directory, or a short one where the path would be too long to bind."""
    if len(os.fsencode(place.directory / name)) < SOCKET_PATH_LIMIT:
        return place.directory
    digest = hashlib.sha256(os.fsencode(place.directory)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"roleferry-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    owner = short.lstat().st_uid
    if short.is_symlink() or owner not in {os.geteuid(), account.uid if account else -1}:
        raise ConfigurationError(
            f"{short} belongs to another user: set ROLEFERRY_DATA_DIR to a shorter path"
        )
    if account is not None:
        os.chown(short, account.uid, account.gid)
    return short


def package_directory(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            f"the package {package} is not installed: install it, or set ROLEFERRY_DATABASE_URL "
            "and ROLEFERRY_REDIS_URL"
        )
    return Path(spec.origin).parent
