"""Chooses, of a company's people, those a request for its executives means. Pure."""

from collections.abc import Iterable

from roleferry_enrich.domain.enrichments import Request
from roleferry_enrich.domain.records import GoldenPerson
from roleferry_enrich.normalise.titles import parse_title
from roleferry_enrich.resolve.comparisons import person_name
from roleferry_enrich.resolve.people import executive_rank, is_current_executive
from roleferry_enrich.resolve.tenure import with_tenure

# A caller's own list has nicknames and initials; within one company that much agreement is enough.
_SAME_NAME = 0.8
_RATHER_THAN_NOT = 0.5


def leaders(people: Iterable[GoldenPerson], request: Request) -> tuple[GoldenPerson, ...]:
    """The executives, or who holds one of the titles wanted, the most senior first.

    Who the caller already knows is in whatever the title, so that it is confirmed and filled in.
    """
    chosen = with_tenure([person for person in people if _is_meant(person, request)])
    likely = (person for person in chosen if _is_likely(person, request))
    return tuple(sorted(likely, key=executive_rank)[: request.limit])


def _is_likely(person: GoldenPerson, request: Request) -> bool:
    """Whether the person is there still rather than not; whom the caller knows is shown anyway."""
    return person.confidence.value >= _RATHER_THAN_NOT or _is_known(
        person, request.known_executives
    )


def _is_meant(person: GoldenPerson, request: Request) -> bool:
    if "resigned_on" in person.fields:
        return False
    if _is_known(person, request.known_executives):
        return True
    if request.titles:
        return any(_holds(person, wanted) for wanted in request.titles)
    return is_current_executive(person)


def _is_known(person: GoldenPerson, names: tuple[str, ...]) -> bool:
    name = person.text("full_name")
    return name is not None and any(person_name(name, k).score >= _SAME_NAME for k in names)


def _holds(person: GoldenPerson, wanted: str) -> bool:
    """Whether the title is the one wanted, or says more than it: "Group CFO" is a CFO."""
    held, meant = parse_title(person.text("title") or ""), parse_title(wanted)
    if held is None or meant is None:
        return False
    return set(meant.key.split()) <= set(held.key.split())
