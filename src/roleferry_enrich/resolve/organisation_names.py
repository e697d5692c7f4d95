"""Whether two texts may name one company, by the name alone."""

from collections.abc import Iterator
from functools import lru_cache

from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.organisation_words import FILLERS, GENERIC, spelt_out
from roleferry_enrich.normalise.organisations import Organisation, parse_organisation
from roleferry_enrich.normalise.text import word_set, words
from roleferry_enrich.resolve.acronyms import letters_explained, without_acronym
from roleferry_enrich.resolve.person_names import Likeness
from roleferry_enrich.resolve.word_likeness import RELATED, family_likeness
from roleferry_enrich.resolve.word_pairs import WordPair, paired

BEST = 0.95
"""What the same name is worth."""

_SPACED = 0.92
_ALSO_KNOWN = 0.9
_OTHER_FORM = 0.88
_ANOTHER_ORDER = 0.85
_LONG_ACRONYM = 0.75
_ACRONYM = 0.66
_TWO_LETTERS = 0.55
_ONE_OF_A_SERIES = 0.66
_PART = 0.65
_DOUBTFUL = 0.68
# A branch is no company of its own in law, but keeps an address and staff of its own.
_BRANCH = 0.66
# A group shares staff and site with its company, which has the name in another country for itself.
_PART_OF_A_GROUP = 0.64
_PART_IN_A_COUNTRY = 0.58
_NEUTRAL = 0.5
_OWN_COMMON_WORDS = 0.4
_OWN_WORDS = 0.2
_OTHER = 0.05
_ENOUGH = 0.75
_CUT_SHORT = 0.6
_SAME_NUMBER = 0.74
_GENERIC_SHARE = 0.3
_MOST_WORDS = 20
# Initials are much shorter than what they stand for.
_SHORTENED = 0.7
_GROUPS = word_set("group holding")
_VEHICLES = word_set("capital fund funding investment partner receivables trust venture")
_BRANCHES = word_set("branch zweigniederlassung niederlassung succursale sucursal filiale")
_REGIONS = word_set("international global europe america asia africa emea apac")


@lru_cache(maxsize=65_536)
def organisations_alike(left: str, right: str) -> Likeness:
    ours, theirs = parse_organisation(left), parse_organisation(right)
    if ours is None or theirs is None:
        return Likeness(_NEUTRAL, "a name cannot be read")
    if ours.key.isascii() != theirs.key.isascii():
        return Likeness(_NEUTRAL, "the names are written in different scripts")
    found = max(_readings(ours, theirs), key=lambda reading: reading.score)
    forms = {ours.legal_form, theirs.legal_form}
    if None not in forms and len(forms) > 1:
        return Likeness(_OTHER_FORM * found.score, f"{found.why}, another legal form")
    return found


def _readings(left: Organisation, right: Organisation) -> Iterator[Likeness]:
    """The likely ones first; what could not score more is not read."""
    if left.key == right.key:
        yield Likeness(BEST, "the same name")
        return
    yield _by_letters(left, right)
    ours, theirs = _spaced_alike(spelt_out(left.key), spelt_out(right.key))
    read = _by_words(without_acronym(ours[:_MOST_WORDS]), without_acronym(theirs[:_MOST_WORDS]))
    yield read
    if read.score < _LONG_ACRONYM:
        yield _by_initials(left, right)
    for one, other in ((left, right), (right, left)):
        if one.also_known_as is not None:
            known = organisations_alike(one.also_known_as, other.name)
            yield Likeness(_ALSO_KNOWN * known.score, f"its other name: {known.why}")


def _spaced_alike(
    left: tuple[str, ...], right: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`J P Morgan` and `JPMorgan` in the same words: two that are one elsewhere become one."""
    return _joined_as(left, frozenset(right)), _joined_as(right, frozenset(left))


def _joined_as(spelt: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in spelt:
        if found and found[-1] + word in known:
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


def _by_letters(left: Organisation, right: Organisation) -> Likeness:
    joined, other = left.key.replace(" ", ""), right.key.replace(" ", "")
    if joined == other or "".join(words(left.name)) == "".join(words(right.name)):
        return Likeness(_SPACED, "the same letters, spaced otherwise")
    alike = family_likeness(joined, other)
    if alike < _ENOUGH or not _spaced_otherwise(words(left.key), words(right.key)):
        return Likeness(_OTHER, "other names")
    return Likeness(_SPACED * alike, "a slip of the pen apart, spaced otherwise")


def _spaced_otherwise(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether a space may have moved; a word more, such as the II of a fund, moves none."""
    few, many = sorted((left, right), key=len)
    return len(few) != len(many) and not set(few) <= set(many)


def _by_initials(left: Organisation, right: Organisation) -> Likeness:
    """The company's own word ("Company", "Corporation") may be among the initials or not."""
    short, long = sorted((left, right), key=lambda each: len(each.key))
    if short.key[:1] != long.key[:1] or len(short.key) > _SHORTENED * len(long.key):
        return Likeness(_OTHER, "other names")
    letters = max(letters_explained(words(short.key), spelt) for spelt in _with_form(long))
    if letters == 0:
        return Likeness(_OTHER, "other names")
    score = _LONG_ACRONYM if letters > 3 else _ACRONYM if letters == 3 else _TWO_LETTERS
    return Likeness(score, "the initials of the other name")


def _with_form(organisation: Organisation) -> Iterator[tuple[str, ...]]:
    """The name, and the name with as much of the form behind it as may be abbreviated with it."""
    yield words(organisation.key)
    name, spelt = (_without_the(each) for each in (words(organisation.name), organisation.spelt))
    if spelt[: len(name)] == name:
        yield from (spelt[:size] for size in range(len(name), len(spelt) + 1))


def _without_the(spelt: tuple[str, ...]) -> tuple[str, ...]:
    return spelt[1:] if spelt[:1] == ("the",) else spelt


def _by_words(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    """The words in common, and what the words that only one side has say against it."""
    numbers, others = _numbers(left), _numbers(right)
    if numbers and others and numbers != others:
        return _in_series(left, right)
    pairs = paired(left, right, _likeness, least=RELATED)
    if len(pairs) < max(len(left), len(right)):
        return _partly(left, right, pairs)
    common = _common(left, right, pairs)
    score = BEST * common / sum(_share(left[pair.ours], right[pair.theirs]) for pair in pairs)
    if min(pair.likeness for pair in pairs) < _ENOUGH:
        return Likeness(min(score, _DOUBTFUL), "its words agree, one of them only partly")
    places = [pair.theirs for pair in pairs]
    if places != sorted(places):
        return Likeness(_ANOTHER_ORDER * score, "its words agree in another order")
    return Likeness(score, "its words agree")


def _common(left: tuple[str, ...], right: tuple[str, ...], pairs: tuple[WordPair, ...]) -> float:
    return sum(_share(left[pair.ours], right[pair.theirs]) * pair.likeness for pair in pairs)


@lru_cache(maxsize=65_536)
def _likeness(left: str, right: str) -> float:
    if left == right:
        return 1.0
    if left in GENERIC and right in GENERIC:
        return 0.0
    if left[0].isdigit() and _figures(left) == _figures(right):
        return _SAME_NUMBER
    if left in GENERIC or right in GENERIC:
        alike = family_likeness(left, right)
        return alike if alike >= _ENOUGH else 0.0
    alike = family_likeness(left, right)
    # Austria and Australia are no slip of the pen.
    if alike >= RELATED and parse_country(left) and parse_country(right):
        return 0.0
    return max(alike, _cut_short(left, right))


def _cut_short(left: str, right: str) -> float:
    """`Mass.` for Massachusetts: writers cut long words short, in ways that no list knows."""
    short, long = sorted((left, right), key=len)
    return _CUT_SHORT if 4 <= len(short) <= len(long) - 2 and long.startswith(short) else 0.0


def _partly(left: tuple[str, ...], right: tuple[str, ...], pairs: tuple[WordPair, ...]) -> Likeness:
    """One name has words that the other lacks."""
    common = _common(left, right, pairs)
    if common < _ENOUGH:
        return Likeness(_OTHER, "only common words agree")
    ours = _alone(left, {pair.ours for pair in pairs})
    theirs = _alone(right, {pair.theirs for pair in pairs})
    if not GENERIC.issuperset(ours) and not GENERIC.issuperset(theirs):
        return Likeness(_OWN_WORDS, "each has a word of its own")
    if ours and theirs:
        return Likeness(_OWN_COMMON_WORDS, "each has a common word of its own")
    worst = min(pair.likeness for pair in pairs)
    most, why = _part(ours or theirs, common)
    return Likeness(most * worst, why)


def _part(own: tuple[str, ...], common: float) -> tuple[float, str]:
    """What the words that one name has more say of it."""
    if not _BRANCHES.isdisjoint(own):
        return _BRANCH, "one is a branch"
    if not _REGIONS.isdisjoint(own) or _names_a_country(own):
        return _PART_IN_A_COUNTRY, "one is the part in a country"
    if not _GROUPS.isdisjoint(own):
        return _PART_OF_A_GROUP, "one is the group"
    telling = [word for word in own if word not in GENERIC]
    if not telling:
        return _PART, "a common word more"
    return _PART * common / (common + len(telling)), "part of the name"


def _names_a_country(own: tuple[str, ...]) -> bool:
    """Codes of two letters are words too: "in", "it", "no"."""
    places = range(len(own))
    spans = (" ".join(own[here : here + size]) for size in (1, 2, 3) for here in places)
    return any(len(span) > 3 and parse_country(span) for span in spans)


def _alone(spelt: tuple[str, ...], places: set[int]) -> tuple[str, ...]:
    """The words that have no counterpart, but those that tell nothing."""
    own = (word for place, word in enumerate(spelt) if place not in places)
    return tuple(word for word in own if word not in FILLERS)


def _share(left: str, right: str) -> float:
    return _GENERIC_SHARE if left in GENERIC or right in GENERIC else 1.0


def _in_series(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    """Another number is another company, but the funds of one house share who runs them."""
    ours, theirs = ({word for word in name if not _is_number(word)} for name in (left, right))
    if ours == theirs and not _VEHICLES.isdisjoint(ours):
        return Likeness(_ONE_OF_A_SERIES, "another number in a series of one house")
    return Likeness(_OTHER, "another number")


def _numbers(spelt: tuple[str, ...]) -> set[str]:
    """As figures alone: the 44th may be 44, but never 45."""
    return {_figures(word) for word in spelt if _is_number(word)}


def _is_number(word: str) -> bool:
    return not word.isalpha() and any(map(str.isdigit, word))


def _figures(word: str) -> str:
    figures = word.rstrip("stndrh")
    return figures if figures.isdigit() else word
