"""Personal addresses and numbers: what an answer says without them. Pure.

A mailbox anybody may have (gmail.com) and a telephone that is one person's (mobile, direct) are
left out for who may not see them, and named: what is withheld is not unknown.
"""

from collections.abc import Mapping
from dataclasses import replace

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import ContactKind, ContactPoint, FieldValue, GoldenPerson

_PERSONAL = {
    ContactKind.EMAIL: frozenset({"personal"}),
    ContactKind.PHONE: frozenset({"mobile", "direct"}),
}
_NAMED = {ContactKind.EMAIL: "personal_email", ContactKind.PHONE: "phone"}
ALWAYS_PERSONAL = "personal_email"
MAYBE_PERSONAL = (ALWAYS_PERSONAL, "phone")
"""A telephone is a person's or the company's."""
Fields = Mapping[str, FieldValue]


def without_personal(enrichment: Enrichment) -> Enrichment:
    """The same object where there is nothing to leave out."""
    everybody = [_bare(person) for person in enrichment.executives]
    person, withheld = None, frozenset[str]()
    if enrichment.person is not None:
        person, withheld = _bare(enrichment.person)
    withheld = withheld.union(*(names for _, names in everybody))
    if not withheld:
        return enrichment
    return replace(
        enrichment,
        person=person,
        executives=tuple(each for each, _ in everybody),
        withheld=tuple(sorted(withheld)),
    )


def as_asked(enrichment: Enrichment) -> Enrichment:
    """As the key may see it that asked."""
    is_shown = enrichment.request.options.shows_personal
    return enrichment if is_shown else without_personal(enrichment)


def split(
    fields: Fields, points: tuple[ContactPoint, ...]
) -> tuple[Fields, tuple[ContactPoint, ...], tuple[str, ...]]:
    """The fields and points that are shown, and the names of what is not."""
    hidden = [point for point in points if point.label in _PERSONAL.get(point.kind, ())]
    values = {point.value for point in hidden}
    own = MAYBE_PERSONAL
    gone = {name for name in own if name in fields and _is_hidden(name, fields[name], values)}
    left = {
        name: _without(field, values) if name in own else field
        for name, field in fields.items()
        if name not in gone
    }
    withheld = gone | {_NAMED[point.kind] for point in hidden}
    return left, tuple(p for p in points if p not in hidden), tuple(sorted(withheld))


def _bare(person: GoldenPerson) -> tuple[GoldenPerson, frozenset[str]]:
    fields, points, withheld = split(person.fields, person.contact_points)
    return replace(person, fields=fields, contact_points=points), frozenset(withheld)


def _is_hidden(name: str, field: FieldValue, values: set[str]) -> bool:
    return name == ALWAYS_PERSONAL or field.value in values


def _without(field: FieldValue, values: set[str]) -> FieldValue:
    left = tuple(other for other in field.alternatives if other.value not in values)
    return replace(field, alternatives=left)
