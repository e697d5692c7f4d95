"""The figures of one comparison of names: how precise, how complete, at what cost a pair."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Row
from rapidfuzz import fuzz

from evaluation.cold import microseconds_a_pair
from evaluation.labelled_pairs import Pair, halves, read_pairs
from evaluation.ranking import Judged, best_f1, best_recall, quality
from roleferry_enrich.resolve.comparisons import SAME, Comparison

COST_BAR_US = 100.0
"""logic-v2 takes 444, Levenshtein alone 3."""

PRECISION_BAR = 0.90
"""A wrong merge sends the wrong e-mail, so what is taken as the same has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Names of one kind, what compares them, and what others reach."""

    name: str
    row: str
    schemas: frozenset[str]
    compare: Callable[[str, str], Comparison]
    f1_bar: float
    recall_bar: float
    rivals: tuple[str, ...]
    """Figures of others on the whole of name_bench, of which the labelled pairs are a part."""


def name_rows(subject: Subject, data: Path) -> Iterator[Row]:
    tuning, reported = halves(read_pairs(data, subject.schemas))
    judged = _judged(subject.compare, reported)
    yield from _quality_rows(subject, judged, _judged(subject.compare, tuning), reported)
    yield Row(
        name=f"{subject.name}: cost of a pair, cold",
        value=microseconds_a_pair(subject.row, data),
        bar=COST_BAR_US,
        unit="us",
        notes=("CPU of a new process, no pair seen twice; logic-v2 takes 444 us",),
    )


def _judged(compare: Callable[[str, str], Comparison], pairs: Sequence[Pair]) -> list[Judged]:
    return [(compare(pair.left, pair.right).score, pair.same) for pair in pairs]


def _quality_rows(
    subject: Subject, judged: list[Judged], tuned: list[Judged], reported: Sequence[Pair]
) -> Iterator[Row]:
    product = quality(judged, SAME)
    yield _row(
        f"{subject.name}: F1 at threshold",
        product.f1,
        subject.f1_bar,
        f"{len(judged)} pairs no rule was made for, {sum(same for _, same in judged)} of them same",
        f"{product}; best {best_f1(judged)}",
        f"half to tune on: {quality(tuned, SAME)}",
        *subject.rivals,
        _levels(reported),
    )
    yield _row(f"{subject.name}: precision at threshold", product.precision, PRECISION_BAR)
    at_90, at_95 = (best_recall(judged, precision=level) for level in (0.90, 0.95))
    yield _row(
        f"{subject.name}: recall at precision 0.90",
        at_90.recall,
        subject.recall_bar,
        str(at_90),
        f"at precision 0.95, of which nobody published a figure: {at_95}",
        *(
            f"half to tune on: {best_recall(tuned, precision=level)}, precision {level}"
            for level in (0.90, 0.95)
        ),
    )


def _row(name: str, value: float, bar: float, *notes: str) -> Row:
    return Row(name=name, value=value, bar=bar, unit="", at="least", digits=3, notes=notes)


def _levels(pairs: Sequence[Pair]) -> str:
    """What a plain likeness of texts reaches on the very same pairs."""
    judged = [(fuzz.WRatio(pair.left, pair.right), pair.same) for pair in pairs]
    at_90 = best_recall(judged, precision=0.90)
    return f"WRatio on these pairs: {best_f1(judged)}; recall {at_90.recall:.3f} at precision 0.90"
