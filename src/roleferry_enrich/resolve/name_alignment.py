"""How alike two names are, part by part: which given name stands for which, which surname.

Scores are calibrated on one reading: 1 is the same text, 0.5 says nothing either way, 0 is
somebody else's name.
"""

from dataclasses import dataclass
from functools import lru_cache

from roleferry_enrich.normalise.diminutives import formal_names, is_other_name, is_short_for
from roleferry_enrich.normalise.names import PersonName, parse_person_name
from roleferry_enrich.normalise.text import word_set, words
from roleferry_enrich.resolve.word_likeness import RELATED, SAME_WORD, family_likeness

SHORT_FORM = 0.88
SHORTENED = 0.74
INITIAL = 0.74
SAME_INITIAL = 0.8

# Joined to a surname or not at the writer's pleasure, so their presence decides nothing.
_PARTICLES = word_set(
    "af al bin bint d da das de dei del della den der di do dos du e el ibn la las le los of "
    "st ten ter the van ve vel vom von y zu zum zur"
)
# "Son of" and "daughter of": what stands before is oneself, what comes after the father.
_DESCENT = word_set("bin ben ibn bint binte binti بن ابن بنت")


@dataclass(frozen=True, slots=True)
class NameWords:
    """A name as the words that are compared."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    nickname: tuple[str, ...]
    generation: str
    tells_descent: bool = False
    """Whether the order says who is whose child, so that no other order is the same name."""

    @property
    def all(self) -> tuple[str, ...]:
        return self.given + self.family


@lru_cache(maxsize=16_384)
def name_words(text: str) -> NameWords | None:
    name = parse_person_name(text)
    return None if name is None else words_of(name)


def words_of(name: PersonName) -> NameWords:
    family = words(name.last)
    given = words(_initials_apart(name.first)) + words(name.middle)
    return NameWords(
        given=given[:1] + _without_particles(given[1:]) if len(given) > 1 else given,
        family=_without_particles(family) or family,
        nickname=words(name.nickname) if name.nickname else (),
        generation=name.suffix,
        tells_descent=not _DESCENT.isdisjoint(given[1:] + family[:-1]),
    )


def _without_particles(spelt: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in spelt if word not in _PARTICLES and word not in _DESCENT)


def _initials_apart(first: str) -> str:
    """`JP` and `J.-P.` as the initials they are; a vowel makes a name of it (`Jo`, `Al`)."""
    letters = first.replace(".", "").replace("-", "")
    is_initials = len(letters) <= 3 and letters.isupper()
    return " ".join(letters) if is_initials else first


@lru_cache(maxsize=65_536)
def given_likeness(left: str, right: str) -> float:
    """Of two given names: equal, one's short form, an initial of the other, a slip of the pen."""
    if left == right and len(left) > 1:
        return SAME_WORD
    if len(left) == 1 or len(right) == 1:
        equal_initials = len(left) == len(right)
        return (SAME_INITIAL if equal_initials else INITIAL) if left[0] == right[0] else 0.0
    if is_short_for(left, right) or is_short_for(right, left):
        return SHORT_FORM
    alike = family_likeness(left, right)
    if alike > RELATED and is_other_name(left, right):
        return RELATED
    return max(alike, _cut_short(left, right))


def _cut_short(left: str, right: str) -> float:
    """Two short forms of one name (Bill, Will), and a beginning that stands for the whole."""
    if formal_names(left) & formal_names(right):
        return SHORTENED
    short, long = sorted((left, right), key=len)
    begins = 3 <= len(short) <= len(long) - 2 and long.startswith(short)
    return SHORTENED if begins and not is_other_name(short, long) else 0.0
