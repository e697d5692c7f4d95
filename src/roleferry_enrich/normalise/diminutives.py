"""Which given names stand for one another: Bob for Robert, Ted for Theodore."""

from functools import cache, lru_cache

from nicknames import NickNamer

from roleferry_enrich.normalise.short_forms import FULL_FORMS
from roleferry_enrich.normalise.sounds import sound

# In sound: Christiane, Philippa, Danielle, Stefanie, Josephine, Antoinette.
_FEMININE = ("a", "e", "ie", "ia", "ne", "na", "ine", "ina", "ele", "ete")


@lru_cache(maxsize=16_384)
def is_short_for(short: str, full: str) -> bool:
    """Whether the folded given name `short` is a usual short form of `full`."""
    return full != short and full in formal_names(short)


@lru_cache(maxsize=16_384)
def formal_names(name: str) -> frozenset[str]:
    """The full names a folded given name may be short for, itself included."""
    listed = _nicknames().canonicals_of(name)
    fuller = (other for other in listed if not _is_shorter_twin(other, name))
    return frozenset({name, *fuller, *FULL_FORMS.get(name, ())})


def _is_shorter_twin(other: str, name: str) -> bool:
    """Whether the list names the two both ways round, Bob for Robert and Robert for Bob.

    By the short form of both, Robert and William would be one name.
    """
    return len(other) < len(name) and name in _nicknames().canonicals_of(other)


@lru_cache(maxsize=16_384)
def is_other_name(left: str, right: str) -> bool:
    """Whether two near-alike given names are known to be two: Christian and Christina.

    Brothers, sisters and couples share a surname and often a company, so a letter counts here.
    """
    if formal_names(left) & formal_names(right):
        return False
    short, long = sorted((sound(left), sound(right)), key=len)
    if short[:-1] == long[:-1] and {short[-1:], long[-1:]} == {"a", "o"}:
        return True
    if len(short) > 2 and long.startswith(short) and long[len(short) :] in _FEMININE:
        return True
    return short != long and is_listed(left) and is_listed(right)


@lru_cache(maxsize=16_384)
def is_listed(name: str) -> bool:
    """Whether the folded text is a given name that short forms are known of, or one of those."""
    names = _nicknames()
    return bool(names.canonicals_of(name) or names.nicknames_of(name))


@cache
def _nicknames() -> NickNamer:
    return NickNamer()
