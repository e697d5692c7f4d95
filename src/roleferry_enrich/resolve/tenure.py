"""Whether who is listed still works there: what those tell who list the others and not them.

Sources add people sooner than they remove them, so somebody whom one source alone still shows,
while others that know nearly everybody there do not, has most likely left. How much of this
company's people each source knows is read off the answer itself, as ecologists count animals:
by how many of those that somebody else saw it saw too. A register that says the office is held,
and a mailbox at the company that was checked, count for more than anybody's silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import ContactKind, GoldenPerson
from roleferry_enrich.resolve.confidence import scaled
from roleferry_enrich.resolve.trust import HELD, OTHERS_STILL_SHOWN, REGISTERS, STILL_SHOWN

LISTS_STAFF = 2
"""A source that shows fewer people of the company is not taken to list its people."""

_IF_HELD = MappingProxyType(
    {Deliverability.VALID: 8.0, Deliverability.GUESSED: 1 / 3, Deliverability.INVALID: 1 / 8}
)
"""How much likelier this is found of the mailbox at the company of somebody still there.

Of good addresses 72 % are called valid and 1 % invalid (biz-genius.com); where only a guess can
be offered, nobody has seen the mailbox lately.
"""


def with_tenure(people: Sequence[GoldenPerson]) -> tuple[GoldenPerson, ...]:
    """The same people, each as sure as that they are (still) at the company they are listed for."""
    lists = _staff_lists(people)
    return tuple(
        person if _is_official(person) else _weighed(person, place, lists)
        for place, person in enumerate(people)
    )


def _staff_lists(people: Sequence[GoldenPerson]) -> Mapping[str, frozenset[int]]:
    """By origin the people it shows, for the origins that list the company's people."""
    lists: dict[str, set[int]] = {}
    for place, person in enumerate(people):
        for origin in person.origins:
            lists.setdefault(origin, set()).add(place)
    return {
        origin: frozenset(shown) for origin, shown in lists.items() if len(shown) >= LISTS_STAFF
    }


def _is_official(person: GoldenPerson) -> bool:
    """Whether a register says that an office is held; its resignations are its word too."""
    return "role" in person.fields and bool(REGISTERS & set(person.origins))


def _weighed(person: GoldenPerson, place: int, lists: Mapping[str, frozenset[int]]) -> GoldenPerson:
    odds = HELD * _mailbox_ratio(person)
    for origin in sorted(lists):
        known, kept = _coverage(origin, place, lists), STILL_SHOWN.get(origin, OTHERS_STILL_SHOWN)
        odds *= known / kept if origin in person.origins else (1.0 - known) / (1.0 - kept)
    return replace(person, confidence=scaled(person.confidence, odds / (1.0 + odds)))


def _coverage(origin: str, place: int, lists: Mapping[str, frozenset[int]]) -> float:
    """The share of the others, seen by anybody else, whom this origin shows; drawn to a half."""
    others: frozenset[int] = frozenset().union(
        *(shown for name, shown in lists.items() if name != origin)
    )
    seen = others - {place}
    return (len(seen & lists[origin]) + 1) / (len(seen) + 2)


def _mailbox_ratio(person: GoldenPerson) -> float:
    """What the state of the mailbox at the company says."""
    employer = person.text("company_domain")
    for point in person.contact_points:
        at_work = point.kind is ContactKind.EMAIL and point.value.endswith(f"@{employer}")
        if at_work and point.deliverability in _IF_HELD:
            return _IF_HELD[point.deliverability]
    return 1.0
