"""How alike two words of names are: the same, the same in sound, or slips of the pen apart."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from roleferry_enrich.normalise.sounds import loose_sound, sound

SAME_WORD = 1.0
UMLAUT = 0.97
SAME_SOUND = 0.9
ONE_SLIP_IN_LONG = 0.9
ONE_SLIP = 0.86
ONE_SLIP_IN_SHORT = 0.62
TWO_SLIPS = 0.78
RELATED = 0.45

_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_MOST_SLIPS = 3
# Shorter words sound alike by chance: Yan and Jian, Lee and Li.
_SPOKEN = 4


@lru_cache(maxsize=65_536)
def family_likeness(left: str, right: str) -> float:
    """Of two surnames: equal, equal but for an umlaut written out, or slips of the pen apart."""
    if left == right:
        return SAME_WORD
    if len(left) == 1 or len(right) == 1:
        return RELATED if left[:1] == right[:1] else 0.0
    if abs(len(left) - len(right)) > _MOST_SLIPS:
        return 0.0
    slips = OSA.distance(left, right, score_cutoff=_MOST_SLIPS)
    if slips > _MOST_SLIPS:
        return 0.0
    if _plain(left) == _plain(right):
        return UMLAUT
    if not (left.isascii() and right.isascii()):
        return _by_signs(left, right, slips)
    return max(_by_sound(left, right, slips), _by_slips(left, right, slips))


def _plain(word: str) -> str:
    for written, letter in _UMLAUTS:
        word = word.replace(written, letter)
    return word


def _by_sound(left: str, right: str, slips: int) -> float:
    ours, theirs = loose_sound(left), loose_sound(right)
    # With another first letter it takes a longer word: Jing and Ying are two names.
    enough = _SPOKEN if left[:1] == right[:1] else _SPOKEN + 1
    if min(len(left), len(right)) >= enough and (ours == theirs or sound(left) == sound(right)):
        return SAME_SOUND
    if slips < 2 or min(len(ours), len(theirs)) < 6:
        return 0.0
    return TWO_SLIPS if OSA.distance(ours, theirs, score_cutoff=1) == 1 else 0.0


def _by_slips(left: str, right: str, slips: int) -> float:
    """What slips of the pen are worth: fewer in a short word, where one makes another name."""
    length = min(len(left), len(right))
    same_start = left[:1] == right[:1]
    if slips == 1 and length >= 4:
        # Another first letter is another name far more often than a slip (Karen, Daren), but one
        # that is lost from a long word leaves no name at all (Nvidia of Invidia).
        lost = length >= 6 and (left.endswith(right) or right.endswith(left))
        if (not same_start and not lost) or length < 5:
            return ONE_SLIP_IN_SHORT
        return ONE_SLIP_IN_LONG if length >= 7 else ONE_SLIP
    if slips == 2 and length >= 7 and same_start and not _has_ending(left, right):
        return TWO_SLIPS
    if slips <= 2 and length >= 5:
        return RELATED
    return 0.0


def _has_ending(left: str, right: str) -> bool:
    """Two letters more at the end are an ending, no slip: Williams and Williamson."""
    return left.startswith(right) or right.startswith(left)


def _by_signs(left: str, right: str, slips: int) -> float:
    """A sign that is a consonant or a syllable says more than a letter, so slips weigh more."""
    length = min(len(left), len(right))
    if slips == 1 and length >= 4:
        return ONE_SLIP_IN_LONG if length >= 6 else ONE_SLIP_IN_SHORT
    return RELATED if slips == 2 and length >= 8 else 0.0
