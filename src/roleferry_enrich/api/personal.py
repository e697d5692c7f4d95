"""Personal addresses and numbers, which only a key with the scope `personal` is shown."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.domain.batches import ItemResult
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.personal import MAYBE_PERSONAL, split, without_personal
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact


def sees_personal(caller: Account) -> bool:
    return Scope.PERSONAL in caller.scopes


def shown(enrichment: Enrichment, caller: Account) -> Enrichment:
    """As this key may see it."""
    return enrichment if sees_personal(caller) else _bare(Same(enrichment))


def item_shown(item: ItemResult, caller: Account) -> ItemResult:
    if item.enrichment is None:
        return item
    return replace(item, enrichment=shown(item.enrichment, caller))


def contact_shown(contact: StoredContact, caller: Account) -> StoredContact:
    if sees_personal(caller):
        return contact
    fields, points, withheld = split(contact.fields, contact.contact_points)
    return replace(contact, fields=fields, contact_points=points, withheld=withheld)


def page_shown(page: Page[StoredContact], caller: Account) -> Page[StoredContact]:
    return replace(page, items=tuple(contact_shown(each, caller) for each in page.items))


def changes_shown(changes: Iterable[FieldChange], caller: Account) -> tuple[FieldChange, ...]:
    """A change of such a field says the value; whose kind it was then is not known any more."""
    may = sees_personal(caller)
    return tuple(change for change in changes if may or change.field not in MAYBE_PERSONAL)


@lru_cache(maxsize=256)
def _bare(given: Same[Enrichment]) -> Enrichment:
    """The same object for the same enrichment, whose bytes are remembered by it."""
    return without_personal(given.it)
