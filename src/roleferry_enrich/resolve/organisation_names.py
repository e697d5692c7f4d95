"""Whether two texts may name one company, by the name alone."""

from functools import lru_cache

from roleferry_enrich.normalise.organisations import Organisation, parse_organisation
from roleferry_enrich.normalise.text import word_set
from roleferry_enrich.resolve.person_names import Likeness
from roleferry_enrich.resolve.word_likeness import family_likeness

BEST = 0.95
_NEUTRAL = 0.5
_OTHER = 0.05
_ENOUGH = 0.75
_GENERIC_SHARE = 0.3

# Words many companies share: agreeing on them says little, lacking one says little either.
_GENERIC = word_set(
    """
    agency america and asia associates association bank brothers business capital center centre
    co com company concern consulting consultants corp corporation design development digital
    energy engineering enterprise enterprises europe european finance financial foundation
    fund global group health healthcare holding holdings home industries industry institute
    insurance international investment investments io it lab labs limited logistics ltd
    management marketing media national net network networks of online org partner partners
    partnership plc production productions products properties property research retail
    sa sales school security service services society software solutions studio studios supply
    system systems tech technical technologies technology the trade trading transport trust uk
    union united university us usa ventures wealth works worldwide
    """
)


@lru_cache(maxsize=65_536)
def organisations_alike(left: str, right: str) -> Likeness:
    ours, theirs = parse_organisation(left), parse_organisation(right)
    if ours is None or theirs is None:
        return Likeness(_NEUTRAL, "a name cannot be read")
    if ours.key.isascii() != theirs.key.isascii():
        return Likeness(_NEUTRAL, "the names are written in different scripts")
    forms_differ = None not in {ours.legal_form, theirs.legal_form} and (
        ours.legal_form != theirs.legal_form
    )
    found = max(_readings(ours, theirs), key=lambda reading: reading.score)
    if forms_differ:
        return Likeness(0.88 * found.score, f"{found.why}, another legal form")
    return found


def _readings(left: Organisation, right: Organisation) -> tuple[Likeness, ...]:
    return (_by_key(left, right), _by_words(left.key.split(), right.key.split()))


def _by_key(left: Organisation, right: Organisation) -> Likeness:
    if left.key == right.key:
        return Likeness(BEST, "the same name")
    if left.key.replace(" ", "") == right.key.replace(" ", ""):
        return Likeness(BEST - 0.03, "the same letters, spaced otherwise")
    if _abbreviates(left.key, right.key) or _abbreviates(right.key, left.key):
        return Likeness(0.6, "the initials of the other name")
    joined = family_likeness(left.key.replace(" ", ""), right.key.replace(" ", ""))
    if joined >= _ENOUGH and not _words_differ(left.key, right.key):
        return Likeness(0.92 * joined, "a slip of the pen apart")
    return Likeness(_OTHER, "other names")


def _words_differ(left: str, right: str) -> bool:
    """Whether the slips are all in one short word, which makes another (`LXC`, `LAU`)."""
    ours, theirs = left.split(), right.split()
    alike = len(ours) != len(theirs) or all(map(family_likeness, ours, theirs))
    return not alike or _numbers_differ(left, right)


def _abbreviates(short: str, long: str) -> bool:
    initials = "".join(word[0] for word in long.split() if word != "and")
    return len(short) >= 3 and short == initials


def _by_words(left: list[str], right: list[str]) -> Likeness:
    """The words in common against all words, generic ones counting less."""
    if _numbers_differ(" ".join(left), " ".join(right)):
        return Likeness(_OTHER, "another number")
    short, long = sorted((left[:20], right[:20]), key=len)
    left_over = list(long)
    common = 0.0
    unmatched = 0.0
    for word in short:
        found = max(left_over, key=lambda other: family_likeness(word, other), default="")
        likeness = family_likeness(word, found) if found else 0.0
        if likeness >= _ENOUGH:
            left_over.remove(found)
            common += _share(word) * likeness
        else:
            unmatched += _share(word)
    return _weighed(common, unmatched, sum(map(_share, left_over)))


def _weighed(common: float, unmatched: float, left_over: float) -> Likeness:
    if common < 1.0 * _ENOUGH:
        return Likeness(_OTHER, "only common words agree")
    if unmatched >= 1.0:
        return Likeness(0.2, "each has a word of its own")
    score = BEST * (common + 0.45 * left_over) / (common + unmatched + left_over)
    return Likeness(score, "its words agree" if left_over + unmatched < 1.0 else "part of the name")


def _share(word: str) -> float:
    return _GENERIC_SHARE if word in _GENERIC else 1.0


def _numbers_differ(left: str, right: str) -> bool:
    ours = {word for word in left.split() if any(c.isdigit() for c in word)}
    theirs = {word for word in right.split() if any(c.isdigit() for c in word)}
    return bool(ours and theirs and ours != theirs)
