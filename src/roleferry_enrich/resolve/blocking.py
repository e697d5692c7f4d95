"""Which pairs are worth comparing at all: near-linear in the number of observations.

Two descriptions of one person share at least one key here. A key that very many share (a common
name) is not compared in full but along a sorted order, neighbours only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from roleferry_enrich.normalise.diminutives import formal_names
from roleferry_enrich.normalise.text import words
from roleferry_enrich.resolve.name_alignment import NameWords
from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed_blocking import typed_keys

Pair = tuple[int, int]

_FULL_COMPARISON = 40
_NEIGHBOURS = 8
# A typed record has many more keys, so that no one of them is a reason to look far.
_TYPED_FULL_COMPARISON = 10
_TYPED_NEIGHBOURS = 2
_SMALL_FILE = 5_000


def candidate_pairs(people: Sequence[PersonTraits]) -> list[Pair]:
    """Pairs of positions, the lower first, in order; none twice."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, traits in enumerate(people):
        for key in set(blocking_keys(traits)):
            blocks[key].append(position)

    def order(position: int) -> tuple[tuple[str, ...], int]:
        return _order(people[position]), position

    return sorted({pair for members in blocks.values() for pair in _claim_pairs(members, order)})


def blocking_keys(traits: PersonTraits) -> Iterator[str]:
    yield from (f"mailbox {key}" for key in traits.mailboxes)
    yield from (f"phone {number}" for number in traits.phones)
    yield from (f"profile {url}" for url in traits.profiles)
    if traits.reference is not None:
        yield f"record {traits.reference}"
    if traits.typed is not None:
        yield from typed_keys(traits, traits.typed)
    elif traits.name is not None:
        yield from _name_keys(traits.name)
        yield from _name_keys(
            NameWords(traits.name.family, traits.name.given, (), ""),
        )
        yield from _slip_keys(traits, traits.name)
    else:
        yield from _spelt_keys(traits)


def _name_keys(name: NameWords) -> Iterator[str]:
    """The surname (or each part of it) with the initial of each given name or its long form."""
    surnames = {"".join(name.family), *name.family} - {""}
    called = (*name.given, *name.nickname)
    initials = {formal[0] for word in called for formal in formal_names(word)} or {""}
    for surname in surnames:
        yield from (f"name {surname} {initial}" for initial in initials)
    yield f"letters {''.join(sorted(name.all))}"


def _slip_keys(traits: PersonTraits, name: NameWords) -> Iterator[str]:
    """What finds a misspelt surname: the given name, with company or birth beside it."""
    if not name.given or len(name.given[0]) < 2:
        return
    for beside in (*traits.companies, *([str(traits.birth)] if traits.birth else [])):
        yield f"given {name.given[0]} {beside}"
    if name.family:
        yield f"shape {name.given[0]} {name.family[-1][:2]}"


def _spelt_keys(traits: PersonTraits) -> Iterator[str]:
    """The names a mailbox without a name may spell."""
    for key in traits.mailboxes:
        parts = words(key.rpartition("@")[0].translate(_DIGITS_AND_SIGNS))
        if len(parts) > 1:
            yield f"name {parts[-1]} {parts[0][0]}"
            yield f"name {parts[0]} {parts[-1][0]}"
        elif parts:
            yield f"name {parts[0][1:]} {parts[0][0]}"
            yield f"name {parts[0][:-1]} {parts[0][-1]}"


_DIGITS_AND_SIGNS = str.maketrans(dict.fromkeys("0123456789._-+", " "))


def _claim_pairs(members: Sequence[int], order: Callable[[int], Any]) -> Iterator[Pair]:
    return _block_pairs(members, order, _FULL_COMPARISON, _NEIGHBOURS)


def typed_pairs(
    members: Sequence[int], order: Callable[[int], Any], *, faint: bool
) -> Iterator[tuple[Pair, bool]]:
    """Of the rows that share a key, and whether that alone is no reason to compare them.

    It is none if the key is faint (`is_faint`) or so many share it. `order` puts likely twins
    side by side, no two as equal.
    """
    doubtful = faint or len(members) > _TYPED_FULL_COMPARISON
    for pair in _block_pairs(members, order, _TYPED_FULL_COMPARISON, _TYPED_NEIGHBOURS):
        yield pair, doubtful


def meetings_needed(rows: int) -> int:
    """How many doubtful reasons it takes to compare two of so many rows.

    In a small file hardly anybody shares a key by chance; in a large one most do.
    """
    return 1 if rows <= _SMALL_FILE else 3


def _block_pairs(
    members: Sequence[int], order: Callable[[int], Any], full: int, neighbours: int
) -> Iterator[Pair]:
    """All pairs of a small block; of a large one, each member with its neighbours in order."""
    if len(members) <= full:
        yield from combinations(sorted(members), 2)
        return
    ordered = sorted(members, key=order)
    for index, position in enumerate(ordered):
        for other in ordered[index + 1 : index + 1 + neighbours]:
            yield min(position, other), max(position, other)


def _order(traits: PersonTraits) -> tuple[str, ...]:
    """Likely twins side by side: by company, birth, then name."""
    name = () if traits.name is None else traits.name.all
    return (min(traits.companies, default=""), str(traits.birth or ""), " ".join(name))
