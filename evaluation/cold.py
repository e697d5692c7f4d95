"""What a comparison costs that nobody made before: in a process of its own, each pair once."""

import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from evaluation.labelled_pairs import read_pairs

_ROUNDS = 5
_ROOT = Path(__file__).parents[1]
# Loads the tables, which a service does once when it starts.
_WARM_UP = (("Dr. Bob van der Test, Jr", "TEST, Robert"), ("Test GmbH & Co. KG", "The Test Group"))


def microseconds_a_pair(row: str, data: Path) -> float:
    """CPU time a pair, the median of some rounds."""
    command = [sys.executable, "-m", "evaluation.cold", row, str(data)]
    paths = (str(_ROOT), str(_ROOT / "src"), os.environ.get("PYTHONPATH", ""))
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    rounds = [
        subprocess.run(command, env=env, check=True, capture_output=True)  # noqa: S603 - ourselves
        for _ in range(_ROUNDS)
    ]
    return statistics.median(float(found.stdout) for found in rounds)


def spent(compare: Callable[[str, str], object], pairs: list[tuple[str, str]]) -> float:
    """Microseconds of CPU a pair."""
    for left, right in _WARM_UP:
        compare(left, right)
    begun = time.process_time_ns()
    for left, right in pairs:
        compare(left, right)
    return (time.process_time_ns() - begun) / 1_000 / len(pairs)


def _main(row: str, data: Path) -> None:
    subject = importlib.import_module(f"evaluation.{row}").SUBJECT
    pairs = [(pair.left, pair.right) for pair in read_pairs(data, subject.schemas)]
    print(spent(subject.compare, pairs))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
