"""`python -m evaluation [ROW ...] [--data DIR]`: a line a figure; exit code 1 on a miss.

To add a row, write `evaluation/<name>.py` with `rows(data)`, which yields `benchmarks.report.Row`
and raises `FileNotFoundError` where its data is absent, and put the name into `ROWS`.
"""

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Row

ROWS = (
    "person_names",
    "organisation_names",
    "strangers",
    "calibration",
    "discovery",
    "liars",
    "clusters",
    "febrl",
    "hit_rates",
    "spending",
)


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    unknown = sorted(set(asked.rows) - set(ROWS))
    if unknown:
        print(f"there is no {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    missed = 0
    for name in asked.rows or ROWS:
        try:
            for row in rows_of(name, asked.data):
                print(*row.lines(), sep="\n", flush=True)
                missed += not row.holds
        except FileNotFoundError as absent:
            print(f"{name}: not measured, {absent.filename} is absent")
    return 1 if missed else 0


def rows_of(name: str, data: Path) -> Iterator[Row]:
    found: Iterator[Row] = importlib.import_module(f"evaluation.{name}").rows(data)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="where the labelled data is"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
