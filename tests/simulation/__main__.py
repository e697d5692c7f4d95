"""`make simulate`: many seeds, or one replayed with its trace."""

import argparse
import signal
import sys
import time
from contextlib import nullcontext

from tests.simulation.clock import NoProgress
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import Outcome, simulate

_LONGEST_S = 60
"""Of real time for one seed: a loop that never returns to the event loop stops its clock too."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seed", type=int, help="replay this one and print its trace")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep-going", action="store_true", help="do not stop at a failure")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="break a gate on purpose")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _gave_up)
    with MUTANTS[options.mutant].applied() if options.mutant else nullcontext():
        if options.seed is not None:
            return _replay(options.seed)
        return _run_all(range(options.first, options.first + options.seeds), options.keep_going)


def _gave_up(*_: object) -> None:
    raise NoProgress(f"no end within {_LONGEST_S} s of real time")


def _simulated(seed: int) -> Outcome:
    signal.alarm(_LONGEST_S)
    try:
        return simulate(seed)
    finally:
        signal.alarm(0)


def _replay(seed: int) -> int:
    outcome = _simulated(seed)
    print("\n".join(outcome.trace()))
    print(outcome.verdict())
    return bool(outcome.broken)


def _run_all(seeds: range, keep_going: bool) -> int:  # noqa: FBT001 - an option
    began, virtual, calls, failed = time.perf_counter(), 0.0, 0, 0
    for done, seed in enumerate(seeds, 1):
        outcome = _simulated(seed)
        virtual += outcome.virtual_s
        calls += outcome.calls
        if outcome.broken:
            failed += 1
            print(f"\n{outcome.verdict()}", flush=True)
        pace = virtual / (time.perf_counter() - began)
        line = (
            f"{done}/{len(seeds)} seeds, {calls} calls, {virtual:.0f} virtual s at "
            f"{pace:.0f} x real time, {failed} failed"
        )
        _show(line, is_last=done == len(seeds), is_mile=done % 100 == 0)
        if failed and not keep_going:
            break
    return bool(failed)


def _show(line: str, *, is_last: bool, is_mile: bool) -> None:
    if sys.stdout.isatty():
        print(f"\r{line}", end="\n" if is_last else "", flush=True)
    elif is_last or is_mile:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
