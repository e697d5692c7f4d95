"""`python -m benchmarks [name ...]`: runs them and prints a line a row; 1 on a miss."""

import importlib
import sys

from benchmarks.report import load_average
from benchmarks.stage import stage

NAMES = ("fanout",)


def main(names: list[str]) -> int:
    print(load_average())
    missed = 0
    for name in names or NAMES:
        rows = importlib.import_module(f"benchmarks.{name}").rows
        with stage() as set_up:
            for row in rows(set_up):
                print(*row.lines(), sep="\n", flush=True)
                missed += not row.holds
    print(load_average())
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
