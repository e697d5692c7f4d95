import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
PROGRAM = """
import gc
from roleferry_enrich.garbage import long_lived
with long_lived():
    print(gc.isenabled())
    made = [[]]
print(gc.isenabled())
print(any(it is made for it in gc.get_objects()))
"""


def test_what_is_made_is_not_searched_and_the_collector_goes_on() -> None:
    # In a process of its own: there is no way back for what was frozen in this one.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "True", "False"]
