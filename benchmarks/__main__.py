"""`python -m benchmarks [name ...]`: runs them and prints a line a row; exit code 1 on a miss.

`soak` takes an hour and runs only when it is named.
"""

import importlib
import sys

from benchmarks.report import load_average
from benchmarks.stage import stage

NAMES = ("fanout", "warm", "checks", "latency", "crowd", "startup", "memory", "batch")
LONG = ("soak",)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - {*NAMES, *LONG})
    if unknown:
        known = ", ".join((*NAMES, *LONG))
        print(f"there is no {', '.join(unknown)}; there are {known}", file=sys.stderr)
        return 2
    print(load_average())
    missed = 0
    for name in names or NAMES:
        rows = importlib.import_module(f"benchmarks.{name}").rows
        with stage() as prepared:
            for row in rows(prepared):
                print(*row.lines(), sep="\n", flush=True)
                missed += not row.holds
    print(load_average())
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
