"""Whether the part before the @ spells a person's name: `john.smith`, `jsmith`, `smith.j`."""

import re
from functools import lru_cache

from roleferry_enrich.normalise.diminutives import is_short_for
from roleferry_enrich.normalise.text import words
from roleferry_enrich.resolve.name_alignment import NameWords, given_likeness
from roleferry_enrich.resolve.word_likeness import family_likeness

_SEPARATORS = re.compile(r"[._\-+0-9]+")
_FULL = 0.97
_SHORTENED = 0.88
_HALF = 0.72
_INITIALS = 0.65
_ANOTHER = 0.05


@lru_cache(maxsize=65_536)
def spelling(local: str, name: NameWords) -> float | None:
    """How surely the local part spells the name; near 0 for somebody else's, None if unclear."""
    parts = tuple(word for piece in _SEPARATORS.split(local) for word in words(piece))
    family = "".join(name.family)
    given = (*name.given, *name.nickname)
    if not parts or not (family or given):
        return None
    if len(parts) == 1:
        return _run_together(parts[0], given, family)
    return _in_parts(parts, given, family)


def _in_parts(parts: tuple[str, ...], given: tuple[str, ...], family: str) -> float | None:
    ends = ((parts[0], parts[-1]), (parts[-1], parts[0]))
    best = max(_pair(first, last, given, family) for first, last in ends)
    if best > 0:
        return best
    if "".join(parts) == "".join(given) + family:
        return _FULL
    named = all(len(part) > 2 for part in (parts[0], parts[-1]))
    return _ANOTHER if named and given and family else None


def _pair(first: str, last: str, given: tuple[str, ...], family: str) -> float:
    called = max((given_likeness(first, word) for word in given), default=0.0)
    surname = family_likeness(last, family) if len(last) > 1 else 0.0
    if called >= 0.7 and surname >= 0.75:
        return min(_FULL, 0.8 + 0.17 * min(called, surname))
    # "john.s": the surname as an initial.
    return _SHORTENED if len(last) == 1 and called >= 0.8 and family[:1] == last else 0.0


def _run_together(local: str, given: tuple[str, ...], family: str) -> float | None:
    forms = set(given)
    if any(local in {form + family, family + form} for form in forms if family):
        return _FULL
    initials = {word[0] for word in given} | {"".join(word[0] for word in given)}
    if family and any(local in {i + family, family + i} for i in initials):
        return _SHORTENED
    if any(local == form + family[:1] for form in forms if len(form) > 1 and family):
        return _SHORTENED
    if local == family or any(local == form or is_short_for(local, form) for form in forms):
        return _HALF
    if len(local) > 1 and local == "".join(word[0] for word in (*given, family) if word):
        return _INITIALS
    return _HALF if len(family) > 3 and family in local else None
