"""What is stored of people, less who must not be spoken of: also before their rows are erased."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import of_golden
from roleferry_enrich.storage.contacts import ContactRepository


class ScreenedContacts(ContactRepository):
    """As its base, and every method raises ServiceUnavailable until the list was read.

    A page may be shorter than its limit, and be followed by another all the same.
    """

    def __init__(self, engine: AsyncEngine, held: SuppressionList) -> None:
        super().__init__(engine)
        self._held = held

    async def history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None = None, limit: int = 100
    ) -> Page[FieldChange]:
        if await self.get(account_id, contact_id) is None:
            return Page(items=(), next=None)
        return await super().history(account_id, contact_id, after=after, limit=limit)

    def may_be_shown(self, account_id: UUID, contact: StoredContact) -> bool:
        if self._held.is_empty(account_id):
            return True
        return not self._held.of(account_id, of_golden(contact))
