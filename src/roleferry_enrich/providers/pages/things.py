"""Structured data of a page, however it was written: things with properties that hold things.

JSON-LD and microdata both come down to this, so that their meaning is read in one place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from roleferry_enrich.providers.pages.wording import tidy

_MOST_THINGS = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    types: frozenset[str]
    """Lower-case names without vocabulary: `person`, `organization`."""
    properties: Mapping[str, tuple["str | Thing", ...]]
    """By lower-case name."""
    identity: str | None = None
    """The `@id` or `itemid` by which other things refer to it."""

    def text(self, name: str) -> str | None:
        """The first text there; of a thing, its name."""
        for value in self.properties.get(name, ()):
            text = value if isinstance(value, str) else value.text("name")
            if text:
                return text
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(v for v in self.properties.get(name, ()) if isinstance(v, str))

    @property
    def is_reference(self) -> bool:
        return self.identity is not None and not self.properties


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A thing, and the property of which other thing holds it."""

    thing: Thing
    holder: Thing | None = None
    via: str | None = None


class Graph:
    """All things of one page, references resolved."""

    def __init__(self, roots: Iterable[Thing]) -> None:
        found = tuple(islice(_walk(roots), _MOST_THINGS))
        self._by_identity: dict[str, Thing] = {}
        for occurrence in found:
            thing = occurrence.thing
            if thing.identity is not None and thing.properties:
                self._by_identity.setdefault(thing.identity, thing)
        self.occurrences = tuple(Occurrence(self.resolved(o.thing), o.holder, o.via) for o in found)
        self._places = {id(o.thing): o for o in reversed(self.occurrences)}

    def place_of(self, thing: Thing) -> Occurrence | None:
        """Where a thing stands first."""
        return self._places.get(id(thing))

    def things(self, holder: Thing, name: str) -> Iterator[Thing]:
        for value in holder.properties.get(name, ()):
            if isinstance(value, Thing):
                yield self.resolved(value)

    def resolved(self, thing: Thing) -> Thing:
        if thing.is_reference and thing.identity is not None:
            return self._by_identity.get(thing.identity, thing)
        return thing


def _walk(roots: Iterable[Thing]) -> Iterator[Occurrence]:
    """Every place where a thing stands; references are not followed, so this ends."""
    waiting = [Occurrence(root) for root in reversed(tuple(roots))]
    while waiting:
        here = waiting.pop()
        yield here
        below = (
            Occurrence(value, here.thing, name)
            for name, values in here.thing.properties.items()
            for value in values
            if isinstance(value, Thing)
        )
        waiting.extend(reversed(tuple(below)))


def type_name(name: str) -> str:
    """`http://schema.org/Person`, `schema:Person` and `Person` are the same."""
    return tidy(name).rstrip("/#").replace("#", "/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
