"""`make simulate`: many seeds, or one replayed with its trace."""

import argparse
import sys
import time

from tests.simulation.run import Outcome, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seed", type=int, help="replay this one and print its trace")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep-going", action="store_true")
    options = parser.parse_args()
    if options.seed is not None:
        return _replay(options.seed)
    return _run_all(range(options.first, options.first + options.seeds), options.keep_going)


def _replay(seed: int) -> int:
    outcome = simulate(seed)
    for micros, *event in outcome.events:
        print(f"{micros / 1_000_000:12.6f}", *event)
    _report(outcome)
    return bool(outcome.broken)


def _run_all(seeds: range, keep_going: bool) -> int:
    began, virtual, calls, failed = time.perf_counter(), 0.0, 0, []
    for done, seed in enumerate(seeds, 1):
        outcome = simulate(seed)
        virtual += outcome.virtual_s
        calls += outcome.calls
        if outcome.broken:
            failed.append(seed)
            _report(outcome)
        took = time.perf_counter() - began
        line = (
            f"{done}/{len(seeds)} seeds, {calls} calls, {virtual:.0f} virtual s at "
            f"{virtual / took:.0f} x real time, {len(failed)} failed"
        )
        if sys.stdout.isatty():
            print(f"\r{line}", end="", flush=True)
        elif done % 100 == 0 or done == len(seeds):
            print(line, flush=True)
        if failed and not keep_going:
            break
    print()
    return bool(failed)


def _report(outcome: Outcome) -> None:
    print(f"seed {outcome.seed}: trace {outcome.digest}, {outcome.calls} calls")
    for broken in outcome.broken:
        print(f"  {broken}")
    if outcome.broken:
        print(f"  replay: {outcome.replay}")


if __name__ == "__main__":
    sys.exit(main())
