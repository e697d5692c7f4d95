"""What is stored of people, less who must not be spoken of: also before their rows are erased."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import of_golden
from roleferry_enrich.storage.contacts import ContactRepository


class ScreenedContacts(ContactRepository):
    """As its base, and every method raises ServiceUnavailable until the list was read."""

    def __init__(self, engine: AsyncEngine, held: SuppressionList) -> None:
        super().__init__(engine)
        self._held = held

    async def page(
        self,
        account_id: UUID,
        *,
        after: str | None = None,
        limit: int = 100,
        company_id: UUID | None = None,
        query: str | None = None,
    ) -> Page[StoredContact]:
        """A page may be shorter than its limit, and be followed by another all the same."""
        page = await super().page(
            account_id, after=after, limit=limit, company_id=company_id, query=query
        )
        shown = tuple(each for each in page.items if self._may_be_shown(account_id, each))
        return replace(page, items=shown)

    async def get(self, account_id: UUID, contact_id: UUID) -> StoredContact | None:
        contact = await super().get(account_id, contact_id)
        return contact if contact and self._may_be_shown(account_id, contact) else None

    async def history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None = None, limit: int = 100
    ) -> Page[FieldChange]:
        if await self.get(account_id, contact_id) is None:
            return Page(items=(), next=None)
        return await super().history(account_id, contact_id, after=after, limit=limit)

    def _may_be_shown(self, account_id: UUID, contact: StoredContact) -> bool:
        if self._held.is_empty(account_id):
            return True
        return not self._held.of(account_id, of_golden(contact))
