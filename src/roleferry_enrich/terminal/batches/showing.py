"""How far a batch is: a bar for a person at a terminal, lines for a log."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

Json = Mapping[str, Any]

_UNFINISHED = ("queued", "running")
_WINDOW_S = 60.0
_LINE_EVERY_S = 15.0
_MINUTE, _HOUR = 60, 3_600


@dataclass(frozen=True, slots=True)
class Standing:
    """Of all jobs of a file together."""

    done: int
    total: int
    cost_usd: float
    cache_hits: int = 0


Show = Callable[[Standing], None]


def standing_of(jobs: Iterable[Json]) -> Standing:
    known = list(jobs)
    unfinished = sum(job["counts"][state] for job in known for state in _UNFINISHED)
    total = sum(job["items"] for job in known)
    return Standing(
        done=total - unfinished,
        total=total,
        cost_usd=round(sum(job["cost_usd"] for job in known), 6),
        cache_hits=sum(job["cache_hits"] for job in known),
    )


class Pace:
    """Rows a second in the last minute of looking."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()

    def seen(self, at: float, done: int) -> float | None:
        """None as long as nothing has been done while we looked."""
        self._looks.append((at, done))
        while len(self._looks) > 2 and at - self._looks[1][0] >= _WINDOW_S:
            self._looks.popleft()
        first_at, first_done = self._looks[0]
        if at <= first_at or done <= first_done:
            return None
        return (done - first_done) / (at - first_at)


def described(standing: Standing, pace: float | None) -> str:
    """`12.3 rows/s, $1.23, about 4 min left`."""
    parts = [] if pace is None else [f"{pace:.1f} rows/s"]
    parts.append(f"${standing.cost_usd:.2f}")
    left = standing.total - standing.done
    if pace is not None and left:
        parts.append(f"about {_span(left / pace)} left")
    return ", ".join(parts)


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    return f"{seconds / _HOUR:.1f} h"


@contextmanager
def showing(said: Console, clock: Callable[[], float]) -> Iterator[Show]:
    """`clock`: seconds from anywhere."""
    if said.is_terminal:
        with _bar(said, clock) as show:
            yield show
    else:
        yield _lines(said, clock)


@contextmanager
def _bar(said: Console, clock: Callable[[], float]) -> Iterator[Show]:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    pace = Pace()
    with Bar(*columns, console=said) as bar:
        task = bar.add_task("", total=None)

        def show(standing: Standing) -> None:
            told = described(standing, pace.seen(clock(), standing.done))
            bar.update(task, total=standing.total, completed=standing.done, description=told)

        yield show


def _lines(said: Console, clock: Callable[[], float]) -> Show:
    """One at the start, one at the end, and now and then one between."""
    pace = Pace()
    last: tuple[float, int] | None = None

    def show(standing: Standing) -> None:
        nonlocal last
        now = clock()
        rate = pace.seen(now, standing.done)
        ended = standing.done == standing.total
        if last is None or (standing.done != last[1] and (ended or now - last[0] >= _LINE_EVERY_S)):
            last = now, standing.done
            told = described(standing, rate)
            said.print(f"{standing.done} of {standing.total} rows, {told}", highlight=False)

    return show
