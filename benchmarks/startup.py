"""How long a start takes until the service is ready, and what of that is importing."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row
from benchmarks.stage import Stage, environment, free_port
from roleferry_enrich.supervision import supervised

_ROUNDS = 3


def rows(stage: Stage) -> Iterator[Row]:  # noqa: ARG001 - it starts servers of its own
    with tempfile.TemporaryDirectory(prefix="rfe-start-") as directory:
        _start_to_ready(Path(directory))
        started = [_start_to_ready(Path(directory)) for _ in range(_ROUNDS)]
    yield Row(
        name="start to ready, warm data directory",
        value=statistics.median(started),
        bar=2.0,
        unit="s",
        notes=("rounds: " + ", ".join(f"{seconds:.2f} s" for seconds in started),),
    )
    imported = [_cpu_of("import roleferry_enrich.app") for _ in range(_ROUNDS + 2)]
    empty = statistics.median(_cpu_of("pass") for _ in range(_ROUNDS))
    yield Row(
        name="import",
        value=statistics.median(imported),
        bar=0.7,
        unit="s",
        notes=(
            f"CPU time of a process that imports the service; {empty:.2f} s of it Python's own",
            *_compiled(),
        ),
    )


def _compiled() -> tuple[str, ...]:
    """An installed package has its byte code; a source tree may not be allowed to keep it."""
    set_here = "our modules are compiled anew each time: PYTHONDONTWRITEBYTECODE is set"
    return (set_here,) if sys.dont_write_bytecode else ()


def _start_to_ready(data_dir: Path) -> float:
    """From the command to a ready answer, its private servers included; and stopped again."""
    port = free_port()
    env = environment(data_dir) | {"ROLEFERRY_PORT": str(port), "ROLEFERRY_LOG_LEVEL": "warning"}
    with supervised() as supervisor:
        begun = time.monotonic()
        command = [sys.executable, "-m", "roleferry_enrich", "serve"]
        service = supervisor.start("serve", command, env=env, quiet=True)
        supervisor.wait_ready(service, f"http://127.0.0.1:{port}/health/ready")
        return time.monotonic() - begun


def _cpu_of(code: str) -> float:
    program = f"import time; {code}; print(time.process_time())"
    answer = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", program], env=environment(), check=True, capture_output=True
    )
    return float(answer.stdout)
