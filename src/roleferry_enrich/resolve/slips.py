"""How alike two typed texts are: letters missing, doubled, exchanged, or next to the right key.

Names are compared by `person_names` first, which knows how they are written; this knows how they
are mistyped. It is used for records that people typed, never for what providers say.
"""

import re
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.distance import OSA, JaroWinkler

from roleferry_enrich.normalise.birthdays import Birthday

_MOST_SLIPS = 4
# What so many slips leave of a likeness, in a text of at least so many letters.
_WORTH = MappingProxyType(
    {
        1: ((4, 0.92), (3, 0.7), (2, 0.5)),
        2: ((8, 0.85), (5, 0.75), (4, 0.5)),
        3: ((10, 0.75), (8, 0.65), (6, 0.5)),
        4: ((14, 0.7), (10, 0.5)),
    }
)
_JUMBLED = 0.8
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=65_536)
def text_likeness(left: str, right: str) -> float:
    """1 for the same text, about 0.9 for one slip in a word, 0 for another text."""
    if left == right:
        return 1.0
    likeness = _worth(left, right)
    if likeness >= _JUMBLED or len(left) != len(right) or len(left) < 4:
        return likeness
    return _JUMBLED if sorted(left) == sorted(right) else likeness


def _worth(left: str, right: str) -> float:
    if abs(len(left) - len(right)) > _MOST_SLIPS:
        return 0.0
    slips = OSA.distance(left, right, score_cutoff=_MOST_SLIPS)
    length = max(len(left), len(right))
    for short, worth in _WORTH.get(slips, ()):
        if length >= short:
            return worth
    return 0.0


def number_likeness(left: str, right: str) -> float:
    """Of two numbers: one digit may be wrong or two exchanged, if there are enough of them."""
    enough = min(len(left), len(right)) >= 5
    if left == right:
        return 1.0 if enough else 0.8
    slips = OSA.distance(left, right, score_cutoff=2)
    return {1: 0.85, 2: 0.65}.get(slips, 0.0) if enough else 0.0


@lru_cache(maxsize=65_536)
def mailbox_likeness(left: str, right: str) -> float:
    """Of two addresses as typed: both sides of the @ must be alike, or all but two letters."""
    if left == right:
        return 1.0
    if _DIGITS.findall(left) != _DIGITS.findall(right) and _letters(left) == _letters(right):
        return 0.6  # j.smith2@ and j.smith3@ are two people, unless it was a slip
    if OSA.distance(left, right, score_cutoff=2) <= 2:
        return 0.93
    ours, theirs = left.partition("@"), right.partition("@")
    if not ours[2] or not theirs[2]:
        return 0.88 if JaroWinkler.similarity(left, right) >= 0.93 else 0.0
    return min(text_likeness(ours[0], theirs[0]), text_likeness(ours[2], theirs[2]))


def _letters(text: str) -> str:
    return _DIGITS.sub("", text)


def birthday_likeness(left: Birthday, right: Birthday) -> float:
    """1 for the same day; less for each part that differs, by how it may have been mistyped."""
    if left == right:
        return 1.0 if left.day else 0.8
    if left.year == right.year and (left.month, left.day) == (right.day, right.month):
        return 0.85
    parts = ((left.year, right.year), (left.month, right.month), (left.day, right.day))
    known = [(ours, theirs) for ours, theirs in parts if ours and theirs]
    agreeing = sum(ours == theirs for ours, theirs in known)
    if agreeing == len(known):
        return 0.8 if left.month and right.month else 0.65
    if agreeing == 2:
        return 0.77 if OSA.distance(left.key, right.key) == 1 else 0.7
    near = sum(abs(ours - theirs) <= 1 for ours, theirs in known)
    if agreeing == 1 and near >= 2:
        return 0.6
    return 0.35 if agreeing or near >= 2 else 0.0


def words_likeness(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Of two addresses: the share of words that have a counterpart, spaces moved or not."""
    if left == right:
        return 1.0
    joined = text_likeness("".join(left), "".join(right))
    short, long = sorted((left[:12], right[:12]), key=lambda words: (len(words), words))
    left_over = list(long)
    found = 0.0
    for word in short:
        best = max(left_over, key=lambda other: _word_likeness(word, other))
        likeness = _word_likeness(word, best)
        if likeness >= 0.8:
            found += likeness
            left_over.remove(best)
    shared = found / ((len(short) + len(long)) / 2)
    return max(joined if joined >= 0.85 else 0.0, shared)


def _word_likeness(left: str, right: str) -> float:
    if left.isdigit() or right.isdigit():
        return float(left == right)
    return text_likeness(left, right)
