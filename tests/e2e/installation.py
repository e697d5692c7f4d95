"""The product as its processes, for tests that stand outside of it."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from roleferry_enrich.supervision import Child

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = (sys.executable, "-m", "roleferry_enrich")


def free_ports(count: int) -> list[int]:
    """Free until somebody takes them: all are held until all are known."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def environment(**settings: object) -> dict[str, str]:
    """This process's own, without what the person running the tests has set for the product."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("RFE_")}
    # What is tested is not how long a quota lasts.
    free = {f"QUOTA_PER_{window}": 0 for window in ("MINUTE", "HOUR", "DAY")}
    given = {f"ROLEFERRY_{name}": str(value) for name, value in {**free, **settings}.items()}
    return {**plain, "PYTHONPATH": str(SOURCE), **given}


def run(
    *arguments: str, cwd: Path, env: Mapping[str, str], within_s: float = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=within_s,
    )


@dataclass(frozen=True, slots=True)
class Installation:
    """A service that runs, with the keys of three accounts."""

    url: str
    sandbox_url: str
    key: str
    other_key: str
    command_key: str
    redis_url: str
    environment: Mapping[str, str]
    serve: Child

    def log(self) -> str:
        """All that `serve` has written. Read at a place: the file's own belongs to the process."""
        file = self.serve.output.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode()
