"""A figure beside its bar."""

import math

import pytest
from benchmarks.report import Row


@pytest.mark.parametrize(
    ("value", "at", "verdict"),
    [
        (2.0, "most", "ok"),
        (2.01, "most", "MISS"),
        (2.0, "least", "ok"),
        (1.99, "least", "MISS"),
        (math.inf, "most", "MISS"),
    ],
)
def test_a_row_holds_or_misses(value: float, at: str, verdict: str) -> None:
    row = Row(name="fan-out", value=value, bar=2.0, unit="x", at=at, notes=("five rounds",))
    line, note = row.lines()
    assert row.holds is (verdict == "ok")
    assert (line.split()[0], line.split()[-1]) == ("fan-out", verdict)
    assert note.strip() == "five rounds"
