"""How alike two names are, part by part: which given name stands for which, which surname.

Scores are calibrated on one reading: 1 is the same text, 0.5 says nothing either way, 0 is
somebody else's name.
"""

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from roleferry_enrich.normalise.diminutives import is_short_for
from roleferry_enrich.normalise.names import PersonName, parse_person_name
from roleferry_enrich.normalise.text import word_set, words

SAME_WORD = 1.0
UMLAUT = 0.97
SHORT_FORM = 0.88
INITIAL = 0.74
SAME_INITIAL = 0.8
ONE_SLIP = 0.86
TWO_SLIPS = 0.78
RELATED = 0.45

_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
# Joined to a surname or not at the writer's pleasure, so their presence decides nothing.
_PARTICLES = word_set(
    "af al bin bint d da das de dei del della den der di do dos du e el ibn la las le los of "
    "st ten ter the van ve vel vom von y zu zum zur"
)


@dataclass(frozen=True, slots=True)
class NameWords:
    """A name as the words that are compared."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    nickname: tuple[str, ...]
    generation: str

    @property
    def all(self) -> tuple[str, ...]:
        return self.given + self.family


@lru_cache(maxsize=16_384)
def name_words(text: str) -> NameWords | None:
    name = parse_person_name(text)
    return None if name is None else words_of(name)


def words_of(name: PersonName) -> NameWords:
    family = _without_particles(words(name.last))
    given = words(f"{_initials_apart(name.first)} {name.middle}")
    return NameWords(
        given=_without_particles(given),
        family=family,
        nickname=words(name.nickname),
        generation=name.suffix,
    )


def _without_particles(spelt: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in spelt if word not in _PARTICLES) or spelt


def _initials_apart(first: str) -> str:
    """`JP` and `J.-P.` as the initials they are; a vowel makes a name of it (`Jo`, `Al`)."""
    letters = first.replace(".", "").replace("-", "")
    is_initials = len(letters) <= 3 and letters.isupper()
    return " ".join(letters) if is_initials else first


@lru_cache(maxsize=65_536)
def given_likeness(left: str, right: str) -> float:
    """Of two given names: equal, one's short form, an initial of the other, a slip of the pen."""
    if len(left) == 1 or len(right) == 1:
        equal_initials = len(left) == len(right)
        return (SAME_INITIAL if equal_initials else INITIAL) if left[0] == right[0] else 0.0
    if left != right and (is_short_for(left, right) or is_short_for(right, left)):
        return SHORT_FORM
    return family_likeness(left, right)


@lru_cache(maxsize=65_536)
def family_likeness(left: str, right: str) -> float:
    """Of two surnames: equal, equal but for an umlaut written out, or slips of the pen apart."""
    if left == right:
        return SAME_WORD
    if _plain(left) == _plain(right):
        return UMLAUT
    if len(left) == 1 or len(right) == 1:
        return RELATED if left[0] == right[0] else 0.0
    return _by_slips(left, right)


def _plain(word: str) -> str:
    for written, letter in _UMLAUTS:
        word = word.replace(written, letter)
    return word


def _by_slips(left: str, right: str) -> float:
    """What slips of the pen are worth: fewer in a short word, where one makes another name."""
    slips = OSA.distance(left, right, score_cutoff=3)
    length = min(len(left), len(right))
    if slips == 1 and length >= 4:
        # Another first letter is another name far more often than a slip (Karen, Daren).
        return ONE_SLIP if left[0] == right[0] and length >= 5 else 0.6
    if slips == 2 and length >= 7 and left[0] == right[0]:
        return TWO_SLIPS
    if slips <= 2 and length >= 5:
        return RELATED
    return 0.0
