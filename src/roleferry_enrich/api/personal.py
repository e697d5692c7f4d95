"""Personal addresses and numbers, which only a key with the scope `personal` is shown.

A mailbox anybody may have (gmail.com) and a telephone that is one person's (mobile, direct) are
left out of the answer, and the answer names the fields that were: what is withheld is not unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.domain.batches import ItemResult
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import ContactKind, ContactPoint, FieldValue, GoldenPerson
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact

_PERSONAL = {
    ContactKind.EMAIL: frozenset({"personal"}),
    ContactKind.PHONE: frozenset({"mobile", "direct"}),
}
_NAMED = {ContactKind.EMAIL: "personal_email", ContactKind.PHONE: "phone"}
_FIELDS = ("personal_email", "phone")
Fields = Mapping[str, FieldValue]


def shown(enrichment: Enrichment, caller: Account) -> Enrichment:
    """As this key may see it."""
    return enrichment if Scope.PERSONAL in caller.scopes else _bare(Same(enrichment))


def item_shown(item: ItemResult, caller: Account) -> ItemResult:
    if item.enrichment is None:
        return item
    return replace(item, enrichment=shown(item.enrichment, caller))


def contact_shown(contact: StoredContact, caller: Account) -> StoredContact:
    if Scope.PERSONAL in caller.scopes:
        return contact
    fields, points, withheld = _split(contact.fields, contact.contact_points)
    return replace(contact, fields=fields, contact_points=points, withheld=withheld)


def page_shown(page: Page[StoredContact], caller: Account) -> Page[StoredContact]:
    return replace(page, items=tuple(contact_shown(each, caller) for each in page.items))


def changes_shown(changes: Iterable[FieldChange], caller: Account) -> tuple[FieldChange, ...]:
    """A change of such a field says the value; whose kind it was then is not known any more."""
    may = Scope.PERSONAL in caller.scopes
    return tuple(change for change in changes if may or change.field not in _FIELDS)


@lru_cache(maxsize=256)
def _bare(given: Same[Enrichment]) -> Enrichment:
    """The same object for the same enrichment, whose bytes are remembered by it."""
    enrichment = given.it
    everybody = [_bare_person(person) for person in enrichment.executives]
    person, withheld = None, frozenset[str]()
    if enrichment.person is not None:
        person, withheld = _bare_person(enrichment.person)
    withheld = withheld.union(*(names for _, names in everybody))
    if not withheld:
        return enrichment
    return replace(
        enrichment,
        person=person,
        executives=tuple(each for each, _ in everybody),
        withheld=tuple(sorted(withheld)),
    )


def _bare_person(person: GoldenPerson) -> tuple[GoldenPerson, frozenset[str]]:
    fields, points, withheld = _split(person.fields, person.contact_points)
    return replace(person, fields=fields, contact_points=points), frozenset(withheld)


def _split(
    fields: Fields, points: tuple[ContactPoint, ...]
) -> tuple[Fields, tuple[ContactPoint, ...], tuple[str, ...]]:
    """The fields and points that are shown, and the names of what is not."""
    hidden = [point for point in points if point.label in _PERSONAL.get(point.kind, ())]
    values = {point.value for point in hidden}
    gone = {name for name in _FIELDS if name in fields and _is_hidden(name, fields[name], values)}
    left = {
        name: _without(field, values) if name in _FIELDS else field
        for name, field in fields.items()
        if name not in gone
    }
    withheld = gone | {_NAMED[point.kind] for point in hidden}
    return left, tuple(p for p in points if p not in hidden), tuple(sorted(withheld))


def _is_hidden(name: str, field: FieldValue, values: set[str]) -> bool:
    return name == "personal_email" or field.value in values


def _without(field: FieldValue, values: set[str]) -> FieldValue:
    left = tuple(other for other in field.alternatives if other.value not in values)
    return replace(field, alternatives=left)
