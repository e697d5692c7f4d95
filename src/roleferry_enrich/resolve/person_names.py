"""Whether two texts may name one person, by the name alone.

A name never reaches certainty: there is always another John Smith.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from roleferry_enrich.normalise.diminutives import is_listed
from roleferry_enrich.resolve.name_alignment import NameWords, given_likeness, name_words
from roleferry_enrich.resolve.word_likeness import ONE_SLIP, family_likeness
from roleferry_enrich.resolve.word_pairs import paired

BEST = 0.95
"""What the same full name is worth."""

_SPACED = 0.93
_REORDERED = 0.88
_REORDERED_IN_PART = 0.8
_LENGTHENED = 0.76
_EXCHANGED = 0.72
_HALF_KNOWN = 0.6
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
    ours, theirs = left.all, right.all
    if "".join(ours).isascii() != "".join(theirs).isascii():
        return Likeness(_NEUTRAL, "the names are written in different scripts")
    if max(map(len, ours), default=0) < 2 or max(map(len, theirs), default=0) < 2:
        return Likeness(_NEUTRAL, "initials alone")
    if len(ours) == len(theirs) == 1:
        return Likeness(_SINGLE * family_likeness(*ours, *theirs), "single names")
    best = max(_readings(left, right), key=lambda reading: reading.score)
    if left.generation and right.generation and left.generation != right.generation:
        return Likeness(min(best.score, _OTHER_PERSON), "another generation")
    return best


def _readings(left: NameWords, right: NameWords) -> Iterator[Likeness]:
    """The likely ones first; what could not score more is not read."""
    straight = _in_order(left, right)
    yield straight
    if straight.score >= _SPACED:
        return
    yield _spaced(left, right)
    if left.tells_descent and right.tells_descent:
        return
    if straight.score < _EXCHANGED and _cross(left, right):
        for swapped in (_in_order(left, _exchanged(right)), _in_order(_exchanged(left), right)):
            reason = f"{swapped.why}, first and last name exchanged"
            yield Likeness(_EXCHANGED * swapped.score, reason)
    if straight.score < _REORDERED:
        yield _in_any_order(left.all, right.all)


def _spaced(left: NameWords, right: NameWords) -> Likeness:
    """`Vander Berg` and `Vanderberg`: the letters are the same and only the spaces differ."""
    ours, theirs = "".join(left.all), "".join(right.all)
    if ours == theirs:
        return Likeness(_SPACED, "the same letters, spaced otherwise")
    if len(left.all) != len(right.all) and family_likeness(ours, theirs) >= ONE_SLIP:
        return Likeness(_SPACED * ONE_SLIP, "a slip of the pen apart, spaced otherwise")
    return Likeness(0.0, "other letters")


def _cross(left: NameWords, right: NameWords) -> bool:
    """Whether a word of one's first name is in the other's surname."""
    return not (
        set(left.given).isdisjoint(right.family) and set(left.family).isdisjoint(right.given)
    )


def _exchanged(name: NameWords) -> NameWords:
    return NameWords(name.family, name.given, (), name.generation)


def _in_order(left: NameWords, right: NameWords) -> Likeness:
    """First name against first name, surname against surname."""
    family = _families(left.family, right.family)
    given = _givens(left, right)
    if family is None or given is None:
        return _half_known(family, given)
    score = BEST * family.score * given.score
    if score < _ENOUGH and given.score >= 0.9 and _continues(left, right):
        return Likeness(_LENGTHENED * given.score, "one name goes on where the other ends")
    return Likeness(max(score, _OTHER_PERSON), f"{family.why}, {given.why}")


def _continues(left: NameWords, right: NameWords) -> bool:
    """Whether one surname is among the later words of the other: `Gabriel García Márquez`.

    Spanish, Portuguese, Arabic and Afghan names go on after the name one is called by. A surname
    that is a first name too (`James Thomas`) is the other's middle name more often.
    """
    short, long = sorted((left, right), key=lambda name: len(name.all))
    later = long.all[1:]
    return (
        len(short.all) > 1
        and len(short.all) < len(long.all)
        and all(word in later and not is_listed(word) for word in short.all[1:])
    )


def _half_known(family: Likeness | None, given: Likeness | None) -> Likeness:
    """One name lacks its first or last part: what is there may contradict, never prove."""
    known = family or given
    if known is None:
        return Likeness(_NEUTRAL, "no part in common")
    return Likeness(min(known.score, _HALF_KNOWN), known.why)


def _families(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness | None:
    if not left or not right:
        return None
    pairwise = min(map(family_likeness, left, right)) if len(left) == len(right) else 0.0
    if len(left) == len(right) == 1 or pairwise >= _ENOUGH:
        return Likeness(pairwise, _worded("last name", pairwise))
    joined = family_likeness("".join(left), "".join(right))
    if len(left) == len(right):
        return Likeness(max(joined, pairwise), _worded("last name", max(joined, pairwise)))
    short, long = sorted((left, right), key=len)
    # "Smith-Jones" is often "Smith" or "Jones" elsewhere.
    part = 0.8 * min(max(family_likeness(word, other) for other in long) for word in short)
    return Likeness(max(joined, part), _worded("last name", max(joined, part)))


def _givens(left: NameWords, right: NameWords) -> Likeness | None:
    if not left.given or not right.given:
        return None
    firsts = _firsts(left, right)
    if firsts < ONE_SLIP and len(left.given) != len(right.given):
        joined = family_likeness("".join(left.given), "".join(right.given))
        if joined >= ONE_SLIP:
            return Likeness(joined, "first name equal, spaced otherwise")
    middle = _middles(left.given[1:], right.given[1:])
    return Likeness(firsts * middle, _worded("first name", firsts, middle=middle))


def _firsts(left: NameWords, right: NameWords) -> float:
    straight = given_likeness(left.given[0], right.given[0])
    if straight >= 0.97:
        return straight
    called = [
        0.97 * given_likeness(nickname, other.given[0])
        for one, other in ((left, right), (right, left))
        for nickname in one.nickname
    ]
    # Some go by their second name: "Boris Johnson" is "Alexander Boris Johnson".
    second = [
        0.8 * likeness
        for one, other in ((left, right), (right, left))
        if len(one.given) == 1
        and len(other.given) > 1
        and len(one.given[0]) > 1
        and (likeness := given_likeness(one.given[0], other.given[1])) >= ONE_SLIP
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
    pairs = paired(short, long, family_likeness, least=_ENOUGH)
    if len(pairs) < len(short):
        return Likeness(0.0, "a word has no counterpart")
    complete = _REORDERED if len(short) == len(long) else _REORDERED_IN_PART
    mean = sum(pair.likeness for pair in pairs) / len(pairs)
    return Likeness(complete * mean, "the same words in another order")


def _worded(part: str, score: float, middle: float = 1.0) -> str:
    if middle < 0.5:
        return f"{part} with another middle name"
    if score >= 0.97:
        return f"{part} equal"
    if score >= _ENOUGH - 0.05:
        return f"{part} similar"
    return f"{part} different" if score < _NEUTRAL else f"{part} partly equal"
