"""From rows to whose they are: read, find twins, block, compare, group; each step over the shelf.

The decisions are `resolve`'s. This module only takes its steps in an order that needs memory for
a few numbers a row and no more.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TypeVar

from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.records.judging import Judge, ordered
from roleferry_enrich.records.marks import Marks
from roleferry_enrich.records.outcomes import Outcomes
from roleferry_enrich.records.shelf import Shelf
from roleferry_enrich.resolve.blocking import Pair, blocking_keys, meetings_needed, typed_pairs
from roleferry_enrich.resolve.rarity import Census, Rarity
from roleferry_enrich.resolve.record_groups import LINK, POSSIBLE, groups_of
from roleferry_enrich.resolve.record_traits import record_traits
from roleferry_enrich.resolve.traits import PersonTraits

T = TypeVar("T")
Progress = Callable[[str, int, int | None], None]
"""Told the step, how much of it is done, and how much it is in all, where that is known."""

_TELL_EVERY = 1_000
_NEW_OBJECTS = 100_000


def resolve_records(
    rows: Iterable[tuple[bytes, LooseRecord]], progress: Progress = lambda *_: None
) -> Iterator[tuple[bytes, RecordOutcome]]:
    """What came with each row, and whose row it is, in the order of the rows."""
    with _seldom_collected(), closing(Shelf()) as shelf:
        judge = Judge(shelf, _read(shelf, rows, progress))
        marks = _twins(shelf, judge)
        _block(shelf, marks, progress)
        _link(shelf, judge, marks, progress)
        _group(shelf, judge, marks)
        outcomes = Outcomes(shelf, marks, judge).each()
        told = _counted(outcomes, "writing", marks.size, progress)
        yield from zip(shelf.sources(), told, strict=True)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows and pairs hold no cycles: looking for some after every 700 costs a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _read(shelf: Shelf, rows: Iterable[tuple[bytes, LooseRecord]], progress: Progress) -> Rarity:
    census = Census()

    def read() -> Iterator[tuple[bytes, PersonTraits]]:
        for source, record in _counted(rows, "reading", None, progress):
            traits = record_traits(record)
            census.add(traits)
            yield source, traits

    shelf.add(read())
    return census.rarity()


def _twins(shelf: Shelf, judge: Judge) -> Marks:
    """Rows of one content are one person's, if that content would join any two rows."""
    marks = Marks(shelf.twins())
    for row, twin in enumerate(marks.twin_of):
        if twin != row:
            marks.keep_twin(row, known=judge.again(twin, twin).score >= LINK)
    return marks


def _block(shelf: Shelf, marks: Marks, progress: Progress) -> None:
    shelf.add_keys(
        (key, row)
        for row, traits in _counted(shelf.each(), "indexing", marks.size, progress)
        if marks.twin_of[row] == row
        for key in set(blocking_keys(traits))
    )
    place = shelf.places().__getitem__
    shelf.add_pairs(
        pair for block, faint in shelf.blocks() for pair in typed_pairs(block, place, faint=faint)
    )


def _link(shelf: Shelf, judge: Judge, marks: Marks, progress: Progress) -> None:
    def links() -> Iterator[tuple[int, int, float]]:
        met = shelf.pairs(meetings_needed(marks.size))
        for left, right in _counted(met, "comparing", shelf.count_pairs(), progress):
            score = judge.compare(left, right).score
            marks.compared(left, right, score)
            if score >= LINK:
                marks.chain(left, right)
            if score >= POSSIBLE:
                yield left, right, score

    shelf.add_links(links())


def _group(shelf: Shelf, judge: Judge, marks: Marks) -> None:
    """Finds the groups within each chain of links, and what was left out of them."""
    tops = marks.chains()
    linked = bytearray(marks.size)
    for row, top in enumerate(tops):
        linked[top] |= row != top
    shelf.add_members((top, row) for row, top in enumerate(tops) if linked[top])
    shelf.add_reasons(
        reason for rows in shelf.chains() for reason in _grouped(shelf, judge, marks, rows)
    )
    shelf.add_rivals(
        rival
        for left, right, score in shelf.links()
        if marks.root[left] != marks.root[right]
        for rival in ((left, right, score), (right, left, score))
    )


def _grouped(
    shelf: Shelf, judge: Judge, marks: Marks, rows: Sequence[int]
) -> Iterator[tuple[int, float, str]]:
    """Marks the groups within one chain; yields how sure each row's is, and why it is in it."""
    position = {row: at for at, row in enumerate(rows)}
    links = [
        (score, ordered(position[left], position[right]))
        for left in rows
        for right, score in shelf.links_from(left)
        if score >= LINK
    ]

    def probability(left: int, right: int) -> float:
        return judge.again(*ordered(rows[left], rows[right])).score

    for group in groups_of(len(rows), links, probability):
        for member in group:
            marks.root[rows[member]] = rows[group[0]]
        partners = _partners(group, links)
        confidence = min((score for score, _ in partners.values()), default=1.0)
        for member, (_, partner) in partners.items():
            yield rows[member], confidence, judge.why(rows[member], rows[partner])


def _partners(
    group: Sequence[int], links: Iterable[tuple[float, Pair]]
) -> dict[int, tuple[float, int]]:
    """For each member of a group the likest other one: what holds it there."""
    inside = set(group)
    best: dict[int, tuple[float, int]] = {}
    for score, pair in links:
        if inside.issuperset(pair):
            for ours, theirs in (pair, pair[::-1]):
                if ours not in best or (score, -theirs) > (best[ours][0], -best[ours][1]):
                    best[ours] = score, theirs
    return best


def _counted(items: Iterable[T], step: str, total: int | None, progress: Progress) -> Iterator[T]:
    """The items, with word of how many there were now and then, and at the end."""
    done = 0
    for item in items:
        yield item
        done += 1
        if done % _TELL_EVERY == 0 and done != total:
            progress(step, done, total)
    progress(step, done, done)
