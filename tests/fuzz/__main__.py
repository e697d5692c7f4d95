"""`make fuzz` ends with this: tens of thousands of generated requests, and what they showed."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.sandbox_process import running_sandbox
from tests.fuzz.house import House, opened
from tests.fuzz.run import PHASES, Bounds, Findings, fuzz

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.storage.migrate import migrate

_SAY_EVERY_S = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, help="draws the requests; else any")
    parser.add_argument("--requests", type=int, default=50_000, help="at most; else 50000")
    parser.add_argument("--seconds", type=float, default=3_600, help="at most; else 3600")
    parser.add_argument("--examples", type=int, default=1_500, help="of an operation; else 1500")
    parser.add_argument("--phase", action="append", choices=PHASES, help="else all; repeat")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    phases = tuple(options.phase or PHASES)
    bounds = Bounds(options.requests, options.seconds, options.examples, seed, phases)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="roleferry-fuzz-") as directory:
        Path(directory).chmod(0o755)
        with _house(Path(directory)) as house:
            findings = fuzz(house, bounds, _NowAndThen())
    return _verdict(house, findings, bounds)


@contextmanager
def _house(directory: Path) -> Iterator[House]:
    settings = Settings(data_dir=directory, log_level="error")
    configure_logs(settings)
    with servers_of(settings) as servers, running_sandbox() as sandbox:
        asyncio.run(migrate(servers.database_url))
        with opened(servers, sandbox.url, directory) as house:
            yield house


class _NowAndThen:
    def __init__(self) -> None:
        self._said_at = 0.0

    def __call__(self, line: str) -> None:
        if time.monotonic() - self._said_at > _SAY_EVERY_S:
            self._said_at = time.monotonic()
            print(line, flush=True)


def _verdict(house: House, findings: Findings, bounds: Bounds) -> int:
    for what, count in findings.counts.most_common():
        print(f"\n{count} x {what}\n{findings.details[what]}")
    print("\nanswers:", ", ".join(f"{n} of {it}" for it, n in sorted(house.tally.answers.items())))
    print("checks:", ", ".join(f"{n} {name}" for name, n in sorted(findings.checked.items())))
    broken = sum(house.tally.broken.values())
    print(f"{house.tally.total} requests, seed {bounds.seed}: {broken} answers of our own fault,")
    print(f"{len(findings.counts)} kinds of broken promises")
    return bool(broken or findings.counts)


if __name__ == "__main__":
    sys.exit(main())
