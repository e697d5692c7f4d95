"""Which word of one name stands for which word of another, when the order is free."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordPair:
    ours: int
    """The place of the word in the left name."""
    theirs: int
    """The place of its counterpart in the right name."""
    likeness: float


def paired(
    left: tuple[str, ...],
    right: tuple[str, ...],
    likeness: Callable[[str, str], float],
    *,
    least: float,
) -> tuple[WordPair, ...]:
    """The likest words first, each with one counterpart at most; in the left name's order."""
    candidates = [
        (-alike, abs(here - there), here + there, here, there)
        for here, word in enumerate(left)
        for there, other in enumerate(right)
        if (alike := likeness(word, other)) >= least
    ]
    found: dict[int, WordPair] = {}
    taken: set[int] = set()
    for alike, _, _, here, there in sorted(candidates):
        if here not in found and there not in taken:
            found[here] = WordPair(here, there, -alike)
            taken.add(there)
    return tuple(found[here] for here in sorted(found))
