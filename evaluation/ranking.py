"""What scores are worth beside the truth: precision and recall at a threshold."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Judged = tuple[float, bool]
"""A score, and whether the two are the same."""


@dataclass(frozen=True, slots=True)
class Quality:
    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return (
            f"F1 {self.f1:.3f} (P {self.precision:.3f}, R {self.recall:.3f}) "
            f"at threshold {self.threshold:.3f}"
        )


def quality(judged: Sequence[Judged], threshold: float) -> Quality:
    """Of taking all at or above the threshold; nothing taken is nothing wrong."""
    taken = [same for score, same in judged if score >= threshold]
    right = sum(taken)
    wanted = sum(same for _, same in judged)
    return Quality(
        threshold=threshold,
        precision=right / len(taken) if taken else 1.0,
        recall=right / wanted if wanted else 1.0,
    )


def best_f1(judged: Sequence[Judged]) -> Quality:
    return max(_all_qualities(judged), key=lambda found: found.f1)


def best_recall(judged: Sequence[Judged], *, precision: float) -> Quality:
    """The most that is found while this precision holds."""
    precise = [found for found in _all_qualities(judged) if found.precision >= precision]
    return max(precise, key=lambda found: (found.recall, found.threshold))


def _all_qualities(judged: Sequence[Judged]) -> Iterable[Quality]:
    yield quality(judged, math.inf)
    for threshold in sorted({score for score, _ in judged}):
        yield quality(judged, threshold)
