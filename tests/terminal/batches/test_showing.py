from io import StringIO

import pytest
from rich.console import Console
from tests.terminal.batches.conftest import FakeJob

from roleferry_enrich.terminal.batches.showing import (
    Pace,
    Standing,
    described,
    showing,
    standing_of,
)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_jobs_are_added_up():
    jobs = [FakeJob("a", [{}, {}], {}, 0, {1}), FakeJob("b", [{}, {}], {2: "x"}, 1, set())]

    assert standing_of(job.data() for job in jobs) == Standing(1, 3, 0.01, 2)


def test_a_pace_is_that_of_the_last_minute():
    pace = Pace()

    assert pace.seen(0, 0) is None
    assert pace.seen(10, 0) is None
    assert pace.seen(20, 40) == 2
    assert pace.seen(60, 40) == pytest.approx(40 / 60)
    assert pace.seen(81, 46) == pytest.approx(6 / 61)
    assert pace.seen(200, 46) is None


@pytest.mark.parametrize(
    ("done", "pace", "said"),
    [
        (10, None, "$1.25"),
        (10, 2.0, "2.0 rows/s, $1.25, about 45 s left"),
        (99, 20.0, "20.0 rows/s, $1.25, about 1 s left"),
        (10, 0.5, "0.5 rows/s, $1.25, about 3 min left"),
        (10, 0.01, "0.0 rows/s, $1.25, about 2.5 h left"),
        (100, 2.0, "2.0 rows/s, $1.25"),
    ],
)
def test_what_is_told(done, pace, said):
    assert described(Standing(done, 100, 1.25), pace) == said


def test_a_log_gets_a_line_now_and_then():
    out, clock = StringIO(), Clock()
    with showing(Console(file=out, width=200), clock) as show:
        for at, done in [(0, 0), (1, 4), (16, 8), (17, 9), (18, 10), (19, 10)]:
            clock.now = at
            show(Standing(done, 10, done / 10))

    assert out.getvalue().splitlines() == [
        "0 of 10 rows, $0.00",
        "8 of 10 rows, 0.5 rows/s, $0.80, about 4 s left",
        "10 of 10 rows, 0.6 rows/s, $1.00",
    ]


def test_a_person_gets_a_bar():
    out, clock = StringIO(), Clock()
    with showing(Console(file=out, width=200, force_terminal=True), clock) as show:
        show(Standing(0, 10, 0.0))
        clock.now = 2
        show(Standing(4, 10, 0.5))

    assert "4/10" in out.getvalue()
    assert "2.0 rows/s, $0.50, about 3 s left" in out.getvalue()
