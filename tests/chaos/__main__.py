"""`make chaos` ends with this: an installation that is broken again and again, and its books."""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import Report
from tests.chaos.run import Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, help="draws the faults and the batches; else any")
    parser.add_argument("--seconds", type=float, default=600, help="of faults; else 600")
    parser.add_argument(
        "--items", type=int, default=21_500, help="else 21500, of which some are given up"
    )
    parser.add_argument("--workers", type=int, default=2, help="else 2")
    parser.add_argument("--gap", type=float, default=1.0, help="seconds between faults; else 1")
    parser.add_argument("--keep", type=Path, help="an empty directory that keeps logs and data")
    parser.add_argument("--bars", action="store_true", help="fail, too, if a bar is missed")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    plan = Plan(seed, options.seconds, options.items, options.workers, options.gap)
    if options.keep is not None:
        report = asyncio.run(_interruptible(plan, options.keep))
        return _verdict(report, bars=options.bars)
    with tempfile.TemporaryDirectory(prefix="roleferry-chaos-") as directory:
        Path(directory).chmod(0o755)
        report = asyncio.run(_interruptible(plan, Path(directory)))
        return _verdict(report, bars=options.bars)


async def _interruptible(plan: Plan, directory: Path) -> Report:
    """SIGTERM ends a run as Ctrl-C does, with nothing left running."""
    task = asyncio.ensure_future(run(plan, directory, lambda line: print(line, flush=True)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _verdict(report: Report, *, bars: bool) -> int:
    print("\n".join(report.lines()))
    return bool(report.broken() or (bars and report.missed()))


if __name__ == "__main__":
    sys.exit(main())
