"""Which observations are of one person, from what their pairs say.

Strong pairs join; but never two groups of which a pair says they are two people. Weak pairs let
a loose observation join the one group it fits; they never join two groups that stand by
themselves, so that "J. Smith" makes nobody of John and Jane. The result does not depend on the
order of the input.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from roleferry_enrich.resolve.blocking import Pair

STRONG = 0.9
WEAK = 0.65
AGAINST = 0.05

# So many people hanging together by likeness alone are a common name, not one person.
_LONGEST_CHAIN = 40


def clusters(size: int, probabilities: Mapping[Pair, float]) -> list[tuple[int, ...]]:
    """The positions 0 to `size` - 1 in groups of one person each, every group in order."""
    groups = _Groups(size, probabilities)
    for pair in _strongest_first(probabilities, STRONG):
        groups.join(*pair)
    for chain in groups.weakly_linked(_strongest_first(probabilities, WEAK)):
        groups.join_chain(chain)
    return groups.members()


def _strongest_first(probabilities: Mapping[Pair, float], least: float) -> list[Pair]:
    enough = [pair for pair, probability in probabilities.items() if probability >= least]
    return sorted(enough, key=lambda pair: (-probabilities[pair], pair))


class _Groups:
    """Disjoint sets that know with whom each must not be joined."""

    def __init__(self, size: int, probabilities: Mapping[Pair, float]) -> None:
        self._root = list(range(size))
        self._members = {position: [position] for position in range(size)}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for (left, right), probability in probabilities.items():
            if probability <= AGAINST:
                self._enemies[left].add(right)
                self._enemies[right].add(left)

    def members(self) -> list[tuple[int, ...]]:
        return sorted(tuple(sorted(group)) for group in self._members.values())

    def join(self, left: int, right: int) -> None:
        """Make one group of two, unless a pair between them forbids it."""
        small, large = sorted(
            (self._find(left), self._find(right)), key=lambda root: (len(self._members[root]), root)
        )
        if small == large or self._forbidden(small, large):
            return
        moved = self._members.pop(small)
        for position in moved:
            self._root[position] = large
        self._members[large].extend(moved)
        self._enemies[large] |= self._enemies.pop(small, set())

    def weakly_linked(self, pairs: Iterable[Pair]) -> list[list[int]]:
        """Groups (by root) that hang together by weak pairs, as lists in order."""
        beside: dict[int, set[int]] = defaultdict(set)
        for left, right in pairs:
            ours, theirs = self._find(left), self._find(right)
            if ours != theirs and not self._forbidden(ours, theirs):
                beside[ours].add(theirs)
                beside[theirs].add(ours)
        return _components(beside)

    def join_chain(self, roots: list[int]) -> None:
        """Join what hangs together weakly, if only one way of doing so makes sense."""
        if len(roots) > _LONGEST_CHAIN:
            return
        firm = [root for root in roots if len(self._members[root]) > 1]
        agreeing = not any(
            self._forbidden(left, right) for left in roots for right in roots if left < right
        )
        if len(firm) > 1 or not agreeing:
            return
        for root in roots[1:]:
            self.join(roots[0], root)

    def _find(self, position: int) -> int:
        return self._root[position]

    def _forbidden(self, left: int, right: int) -> bool:
        small, large = sorted((left, right), key=lambda root: len(self._members[root]))
        return any(position in self._enemies[large] for position in self._members[small])


def _components(beside: Mapping[int, set[int]]) -> list[list[int]]:
    seen: set[int] = set()
    found = []
    for start in sorted(beside):
        if start in seen:
            continue
        reached, pending = {start}, [start]
        while pending:
            fresh = beside[pending.pop()] - reached
            reached |= fresh
            pending.extend(fresh)
        seen |= reached
        found.append(sorted(reached))
    return found
