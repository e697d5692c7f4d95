"""A slice of what `make chaos` does for ten minutes: whatever is killed, no promise is broken."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.processes import eventually, running_with

ROOT = Path(__file__).parents[2]
SECONDS, ITEMS, SEED = 60, 1500, 11
# Every wait of the run has an end; this is beyond all of them together.
LONGEST_S = 400


@pytest.mark.timeout(LONGEST_S + 60)
def test_a_house_that_is_broken_again_and_again_keeps_its_promises(tmp_path: Path) -> None:
    given = {"--seed": SEED, "--seconds": SECONDS, "--items": ITEMS, "--keep": tmp_path}
    options = [str(word) for pair in given.items() for word in pair]
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = run.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=60)
    finally:
        run.kill()
        run.wait()
    assert run.returncode == 0, said
    assert f"ok; again with --seed {SEED}" in said
    # Nothing of it is left, neither a worker nor a database.
    assert eventually(lambda: not running_with(tmp_path) and not _working_in(tmp_path))


def _working_in(directory: Path) -> list[psutil.Process]:
    """Processes that were told to keep their data there, which their command does not show."""
    found = []
    for process in psutil.process_iter(("environ",)):
        told = (process.info["environ"] or {}).get("ROLEFERRY_DATA_DIR", "")
        if told.startswith(str(directory)):
            found.append(process)
    return found
