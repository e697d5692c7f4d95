"""Questions about processes that several tests ask."""

import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil


def eventually(condition: Callable[[], bool], *, within: timedelta = timedelta(minutes=1)) -> bool:
    """For what another process does in its own time: looks often, ends as soon as it is true."""
    until = time.monotonic() + within.total_seconds()
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ended(process: psutil.Process) -> bool:
    """Also of one that nobody has asked for its exit code yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def running_with(text: str | Path) -> list[psutil.Process]:
    """Living processes with `text` in their command line."""
    found = []
    for process in psutil.process_iter(("cmdline", "status")):
        ended = process.info["status"] == psutil.STATUS_ZOMBIE
        if not ended and any(str(text) in word for word in process.info["cmdline"] or ()):
            found.append(process)
    return found
