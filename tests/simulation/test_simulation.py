"""The whole of the gates in virtual time, with faults drawn from a seed; and proof that it sees.

`make simulate ARGS="--seeds 2000"` runs many more.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation import clock
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.run import simulate

SEEDS = 50
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_promise_is_kept(seed: int) -> None:
    outcome = simulate(seed)
    assert not outcome.broken, outcome.verdict()


def test_a_seed_has_one_trace() -> None:
    assert simulate(7).events == simulate(7).events
    assert simulate(7).digest != simulate(8).digest


def test_a_trace_does_not_hang_on_the_order_of_sets() -> None:
    script = (
        "from tests.simulation.run import simulate; print(*(simulate(s).digest for s in (3, 5)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": order, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for order in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_broken_gate_is_caught(mutant: Mutant) -> None:
    with mutant.applied():
        outcome = simulate(mutant.seed)
    assert mutant.promise in {broken.promise for broken in outcome.broken}
    assert f"--seed {mutant.seed}" in outcome.verdict()


async def _spins(_: clock.VirtualLoop) -> None:
    while True:  # noqa: ASYNC110 - that is the point
        await asyncio.sleep(0)


def test_a_run_that_makes_no_progress_ends() -> None:
    with pytest.raises(clock.NoProgress):
        clock.run(_spins)
