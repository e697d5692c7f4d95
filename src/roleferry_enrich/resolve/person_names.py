"""Whether two texts may name one person, by the name alone.

A name never reaches certainty: there is always another John Smith.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from roleferry_enrich.resolve.name_alignment import (
    NameWords,
    family_likeness,
    given_likeness,
    name_words,
)

BEST = 0.95
"""What the same full name is worth."""

_NEUTRAL = 0.5
_ENOUGH = 0.75
_SINGLE = 0.8
_OTHER_PERSON = 0.05


@dataclass(frozen=True, slots=True)
class Likeness:
    score: float
    why: str


def names_alike(left: str, right: str) -> Likeness:
    """The best of the readings that two names allow, and which one it was."""
    ours, theirs = name_words(left), name_words(right)
    if ours is None or theirs is None:
        return Likeness(_NEUTRAL, "a name cannot be read")
    return words_alike(ours, theirs)


@lru_cache(maxsize=65_536)
def words_alike(left: NameWords, right: NameWords) -> Likeness:
    if _script(left) != _script(right):
        return Likeness(_NEUTRAL, "the names are written in different scripts")
    best = max(_readings(left, right), key=lambda reading: reading.score)
    if left.generation and right.generation and left.generation != right.generation:
        return Likeness(min(best.score, _OTHER_PERSON), "another generation")
    return best


def _script(name: NameWords) -> bool:
    return all(word.isascii() for word in name.all)


def _readings(left: NameWords, right: NameWords) -> Iterator[Likeness]:
    if len(left.all) == len(right.all) == 1:
        yield Likeness(_SINGLE * family_likeness(*left.all, *right.all), "single names")
        return
    yield _in_order(left, right)
    if "".join(left.all) == "".join(right.all):
        yield Likeness(BEST - 0.02, "the same letters, spaced otherwise")
    for swapped in (_in_order(left, _exchanged(right)), _in_order(_exchanged(left), right)):
        yield Likeness(0.72 * swapped.score, f"{swapped.why}, first and last name exchanged")
    yield _in_any_order(left.all, right.all)


def _exchanged(name: NameWords) -> NameWords:
    return NameWords(name.family, name.given, (), name.generation)


def _in_order(left: NameWords, right: NameWords) -> Likeness:
    """First name against first name, surname against surname."""
    family = _families(left.family, right.family)
    given = _givens(left, right)
    if family is None or given is None:
        return _half_known(family, given)
    score = BEST * family.score * given.score
    return Likeness(max(score, _OTHER_PERSON), f"{family.why}, {given.why}")


def _half_known(family: Likeness | None, given: Likeness | None) -> Likeness:
    """One name lacks its first or last part: what is there may contradict, never prove."""
    known = family or given
    if known is None:
        return Likeness(_NEUTRAL, "no part in common")
    return Likeness(min(known.score, 0.6), known.why)


def _families(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness | None:
    if not left or not right:
        return None
    joined = family_likeness("".join(left), "".join(right))
    if len(left) == len(right):
        pairwise = min(map(family_likeness, left, right))
        return Likeness(max(joined, pairwise), _worded("last name", joined, pairwise))
    short, long = sorted((left, right), key=len)
    # "Smith-Jones" is often "Smith" or "Jones" elsewhere.
    part = 0.8 * min(max(family_likeness(word, other) for other in long) for word in short)
    return Likeness(max(joined, part), _worded("last name", joined, part))


def _givens(left: NameWords, right: NameWords) -> Likeness | None:
    if not left.given or not right.given:
        return None
    firsts = _firsts(left, right)
    joined = given_likeness("".join(left.given), "".join(right.given))
    if joined > firsts:
        return Likeness(joined, "first name equal, spaced otherwise")
    middle = _middles(left.given[1:], right.given[1:])
    return Likeness(firsts * middle, _worded("first name", firsts, middle=middle))


def _firsts(left: NameWords, right: NameWords) -> float:
    straight = given_likeness(left.given[0], right.given[0])
    called = [
        0.97 * given_likeness(nickname, other.given[0])
        for one, other in ((left, right), (right, left))
        for nickname in one.nickname
    ]
    # Some go by their second name: "Boris Johnson" is "Alexander Boris Johnson".
    second = [
        0.8 * given_likeness(one.given[0], other.given[1])
        for one, other in ((left, right), (right, left))
        if len(one.given) == 1 and len(other.given) > 1 and len(one.given[0]) > 1
    ]
    return max(straight, *called, *second, 0.0)


def _middles(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """1 where middle names agree, a little less where one is silent, much less in conflict."""
    if not left or not right:
        return 1.0 if left == right else 0.97
    worst = min(map(given_likeness, left, right))
    return 1.0 if worst > 0 and len(left) == len(right) else 0.97 if worst >= 0.6 else 0.4


def _in_any_order(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    """Long names are given in every order; each word of the shorter must be in the longer."""
    short, long = sorted((left[:10], right[:10]), key=len)
    if len(short) < 3:
        return Likeness(0.0, "too short to be read in any order")
    left_over = list(long)
    total = 0.0
    for word in short:
        found = max(left_over, key=lambda other: family_likeness(word, other))
        likeness = family_likeness(word, found)
        if likeness < _ENOUGH:
            return Likeness(0.0, "a word has no counterpart")
        total += likeness
        left_over.remove(found)
    complete = 0.88 if not left_over else 0.8
    return Likeness(complete * total / len(short), "the same words in another order")


def _worded(part: str, *scores: float, middle: float = 1.0) -> str:
    best = max(scores)
    if middle < 0.5:
        return f"{part} with another middle name"
    if best >= 0.97:
        return f"{part} equal"
    if best >= _ENOUGH - 0.05:
        return f"{part} similar"
    return f"{part} different" if best < _NEUTRAL else f"{part} partly equal"
