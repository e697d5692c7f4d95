"""Whether two typed names may be one person's, slips of the keys and exchanged columns allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from roleferry_enrich.resolve.rarity import Matched
from roleferry_enrich.resolve.slips import text_likeness
from roleferry_enrich.resolve.typed import Typed

_ALIKE = 0.75
_EXCHANGED = 0.95
_HALF_KNOWN = 0.8


@dataclass(frozen=True, slots=True)
class TypedLikeness:
    score: float
    why: str
    matched: tuple[Matched, ...]


_NOTHING_COMMON = TypedLikeness(0.5, "no part of the name in common", ())


def typed_names_alike(left: Typed, right: Typed) -> TypedLikeness:
    """The better of the two readings: as the columns say, or with the columns exchanged."""
    straight = _reading(((left.given, right.given), (left.family, right.family)), "")
    if straight is not None and straight.score >= _EXCHANGED:
        return straight
    crossed = ((left.given, right.family), (left.family, right.given))
    exchanged = _reading(crossed, ", columns exchanged")
    if exchanged is None:
        return straight or _NOTHING_COMMON
    weaker = TypedLikeness(exchanged.score * _EXCHANGED, exchanged.why, exchanged.matched)
    if straight is None:
        # A surname in one record and a given name in the other differ without contradiction.
        return weaker if exchanged.matched else _NOTHING_COMMON
    return max(straight, weaker, key=lambda reading: reading.score)


def _reading(parts: tuple[tuple[str, str], tuple[str, str]], order: str) -> TypedLikeness | None:
    known = [(ours, theirs) for ours, theirs in parts if ours and theirs]
    if not known:
        return None
    likenesses = [_part_likeness(ours, theirs) for ours, theirs in known]
    score = _half(likenesses[0]) if len(known) == 1 else _together(*likenesses)
    return TypedLikeness(
        score=score,
        why=f"{'one name' if len(known) == 1 else 'name'} {_worded(min(likenesses))}{order}",
        matched=tuple(_matched(known, likenesses)),
    )


@lru_cache(maxsize=65_536)
def _part_likeness(left: str, right: str) -> float:
    if min(len(left), len(right)) == 1:
        return 0.7 if left[0] == right[0] else 0.0
    return text_likeness(left, right)


def _together(given: float, family: float) -> float:
    """Both must be alike; a name that was replaced (by marriage, by a short form) counts half."""
    return min(given, family) * 0.8 + max(given, family) * 0.2


def _half(likeness: float) -> float:
    """One name of two says less either way."""
    return 0.5 + (likeness - 0.5) * _HALF_KNOWN


def _matched(known: list[tuple[str, str]], likenesses: list[float]) -> Iterator[Matched]:
    for (ours, theirs), likeness in zip(known, likenesses, strict=True):
        if likeness >= _ALIKE:
            yield f"name {ours}", f"name {theirs}"


def _worded(likeness: float) -> str:
    if likeness == 1.0:
        return "equal"
    return "nearly equal" if likeness >= _ALIKE else "different"
