"""Divides what a call cost among those it was made for: exactly, and nobody above what he held."""

from collections.abc import Sequence

from roleferry_enrich.domain.identifiers import MicroUsd


def divided(cost: int, weights: Sequence[int]) -> list[int]:
    """The cost in proportion to the weights; whole micro-dollars that sum to it.

    What rounding leaves goes one by one to the first with a weight, so that equal calls are
    always divided alike. No part is above its weight unless the cost is above their sum.
    """
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    parts = [cost * weight // total for weight in weights]
    left = cost - sum(parts)
    for place, weight in enumerate(weights):
        if left and weight:
            parts[place] += 1
            left -= 1
    return parts


class Shares:
    """What each of several askers owes of the calls made for them all."""

    def __init__(self, held: Sequence[MicroUsd], used: Sequence[MicroUsd]) -> None:
        """`held` is the most each may owe, `used` what its own piece of the reply comes to."""
        self._room: list[int] = list(held)
        self._used: list[int] = [min(*each) for each in zip(used, held, strict=True)]

    def of(self, cost: MicroUsd) -> list[MicroUsd]:
        """Each one's part of the next call: first for what was for it alone, then as it held."""
        own = divided(min(cost, sum(self._used)), self._used) if any(self._used) else None
        parts = own or [0] * len(self._room)
        self._used = _less(self._used, parts)
        room = _less(self._room, parts)
        rest = divided(cost - sum(parts), room)
        self._room = _less(room, rest)
        return [MicroUsd(part + more) for part, more in zip(parts, rest, strict=True)]


def _less(amounts: Sequence[int], parts: Sequence[int]) -> list[int]:
    return [amount - part for amount, part in zip(amounts, parts, strict=True)]
