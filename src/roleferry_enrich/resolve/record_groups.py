"""Which of many alike rows are one person's: more than the chain of their likeness.

Rows are joined strongest pair first; two groups only if all that is known between them, for and
against, speaks for it. So one likeness between two firm groups, a weak bridge, joins nothing, and
one badly mistyped row does not break the group it belongs to. The result does not depend on the
order of the rows.
"""

import math
from collections.abc import Callable, Sequence

from roleferry_enrich.resolve.blocking import Pair

LINK = 0.65
"""From this probability on, two rows may be joined."""

POSSIBLE = 0.3
"""From this on, it is told that a row may belong to a group that it was not joined to."""

_MOST_FOR = 8.0
# Bits. One row full of slips contradicts all of its twins, and must not outweigh what agrees.
_MOST_AGAINST = -2.0
_ASKED = 8
"""Members of each group that are compared before two are joined, so that cost stays linear."""


def groups_of(
    size: int, links: Sequence[tuple[float, Pair]], probability: Callable[[int, int], float]
) -> list[tuple[int, ...]]:
    """The positions 0 to `size` - 1 in groups of one person each.

    `links` are pairs that may be joined, with their probability; `probability` compares any two.
    Positions must follow the content of the rows, so that their order decides nothing else.
    """
    root = list(range(size))
    members = {position: [position] for position in range(size)}
    strongest_first = sorted(links, key=lambda link: (-link[0], link[1]))
    refused: set[tuple[int, int, int, int]] = set()
    # Twice: a pair refused when its groups were small may be right when they have grown.
    for _, (left, right) in strongest_first * 2:
        ours, theirs = sorted((root[left], root[right]))
        case = ours, theirs, len(members[ours]), len(members[theirs])
        if ours == theirs or case in refused:
            continue
        if not _belong(members[ours], members[theirs], probability):
            refused.add(case)
            continue
        moved = members.pop(theirs)
        members[ours] = sorted(members[ours] + moved)
        for position in moved:
            root[position] = ours
    return sorted(map(tuple, members.values()))


def _belong(
    ours: Sequence[int], theirs: Sequence[int], probability: Callable[[int, int], float]
) -> bool:
    """Whether the evidence between two groups adds up to one person."""
    asked = [(left, right) for left in _spread(ours) for right in _spread(theirs)]
    return sum(_bits(probability(*sorted(pair))) for pair in asked) >= 0


def _spread(members: Sequence[int]) -> Sequence[int]:
    """Some members from all over a large group."""
    if len(members) <= _ASKED:
        return members
    return [members[step * len(members) // _ASKED] for step in range(_ASKED)]


def _bits(probability: float) -> float:
    sure = min(max(probability, 1e-9), 1 - 1e-9)
    return min(max(math.log2(sure / (1 - sure)), _MOST_AGAINST), _MOST_FOR)
