"""Keys under which typed records meet although any one of their fields is mistyped or missing.

Each key rests on two fields, or on one that few people share, so that blocks stay small; no field
is in all of them, so that one slip cannot keep twins apart.
"""

from collections.abc import Iterator

from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed import Typed

_STEM = 4
_FAINT = "~"
"""Before a key that strangers share by chance: the larger a file, the more do."""


def is_faint(key: str) -> bool:
    """Whether the key alone is no reason to compare two rows; twins share others too."""
    return key.startswith(_FAINT)


def typed_keys(traits: PersonTraits, typed: Typed) -> Iterator[str]:
    yield from _number_keys(typed)
    yield from _email_keys(typed.email)
    for name, other in ((typed.given, typed.family), (typed.family, typed.given)):
        if name:
            yield from _name_keys(name, other, traits, typed)
    if typed.given and typed.family:
        yield from _whole_name_keys(typed)
    yield from _address_keys(typed)


def _name_keys(name: str, other: str, traits: PersonTraits, typed: Typed) -> Iterator[str]:
    """A name by its beginning and by its letters, beside something else that is known."""
    # Given names are few, so that they need more beside them than surnames.
    initial = other[:1] if name == typed.given else ""
    stem, letters = f"stem {name[:_STEM]}", f"letters {''.join(sorted(name))}"
    for part in _common_parts(traits, typed, other, initial):
        yield f"{_FAINT}{stem} {part}"
        yield f"{_FAINT}{letters} {part}"
    for part in _telling_parts(typed):
        yield f"{_FAINT}{stem} {part}"
        yield f"{letters} {part}"


def _whole_name_keys(typed: Typed) -> Iterator[str]:
    """Both names, whichever is which; misspelt, with a part of the birthday beside them."""
    yield f"named {' '.join(sorted((typed.given, typed.family)))}"
    if typed.born is not None:
        both = " ".join(sorted((typed.given[:_STEM], typed.family[:_STEM])))
        yield f"{_FAINT}both {both} year {typed.born.year}"
        yield f"{_FAINT}both {both} date {typed.born.month} {typed.born.day}"


def _number_keys(typed: Typed) -> Iterator[str]:
    if typed.identifier:
        yield f"identifier {typed.identifier}"
        if len(typed.identifier) >= 6:
            half = len(typed.identifier) // 2
            yield f"identifier from {typed.identifier[:half]} {typed.given[:1]}{typed.family[:1]}"
            yield f"identifier to {typed.identifier[half:]} {typed.given[:1]}{typed.family[:1]}"
    if len(typed.phone) >= 6:
        yield f"typed phone {typed.phone}"


def _email_keys(email: str) -> Iterator[str]:
    local, _, host = email.partition("@")
    if len(local) >= 3:
        yield f"local {local} {host[:1]}"
    if host:
        yield f"{_FAINT}host {host} {local[:_STEM]}"
    if email:
        yield f"mail letters {''.join(sorted(email))}"


def _telling_parts(typed: Typed) -> Iterator[str]:
    if typed.born is not None and typed.born.month and typed.born.day:
        yield f"day {typed.born.year} {typed.born.day}"
    if typed.postcode:
        yield f"code {typed.postcode}"


def _common_parts(traits: PersonTraits, typed: Typed, other: str, initial: str) -> Iterator[str]:
    """What many share, so that it takes more to make a reason of it."""
    if typed.born is not None and typed.born.month:
        yield f"in {typed.born.year}-{typed.born.month} {initial}"
    if typed.born is not None and typed.born.day:
        yield f"on {typed.born.month}-{typed.born.day} {other[:2]}"
    if traits.city:
        yield f"town {traits.city[:_STEM]} {other[:2]}"


def _address_keys(typed: Typed) -> Iterator[str]:
    numbers = [word for word in typed.street if word.isdigit()]
    spelt = sorted((word for word in typed.street if not word.isdigit()), key=len, reverse=True)
    for number in numbers[:2]:
        yield from (f"house {number} {word[:_STEM]} {typed.postcode}" for word in spelt[:2])
    if typed.born is not None:
        yield f"born {typed.born.key} {typed.postcode or typed.given[:1]}"
        yield f"born {typed.born.key} {typed.family[:1]}"


def typed_order(traits: PersonTraits) -> str:
    """Sorted by it, likely twins stand side by side in a block too large to compare in full."""
    name = () if traits.name is None else traits.name.all
    typed = traits.typed or Typed()
    born = typed.born.key if typed.born else ""
    told = (born, typed.postcode, typed.email, " ".join(name), *typed.street, typed.phone)
    return "\0".join((*told, typed.identifier))
