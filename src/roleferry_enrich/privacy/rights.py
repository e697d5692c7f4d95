"""People's rights as the API and the command line ask for them: `api.rights_desk.RightsDesk`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import NotFound
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.access import Access
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.somebody import Somebody, nobody, sought
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage.erasures import ErasureRepository, Receipt
from roleferry_enrich.storage.notices import NoticeRepository, Unnoticed
from roleferry_enrich.storage.suppressions import EVERYWHERE
from roleferry_enrich.storage.transactions import Alongside


class RightsDesk:
    """An account's, or that of all accounts where none is given.

    What is looked through is also what all accounts share (events, kept replies, the list), so
    the work is done for nobody in particular, and names its account itself.
    """

    def __init__(self, erasure: Erasure, access: Access, notices: NoticeRepository) -> None:
        self._erasure = erasure
        self._access = access
        self._notices = notices
        self._receipts = ErasureRepository(erasure.engine)

    async def erase(
        self,
        account_id: UUID | None,
        somebody: Somebody,
        alongside: Alongside[Receipt] | None = None,
    ) -> Receipt:
        with acting_for(None):
            return await self._erasure.erase(account_id, _traces(somebody), alongside)

    async def receipt(self, account_id: UUID | None, erasure_id: UUID) -> Receipt:
        found = await self._receipts.get(account_id, erasure_id)
        if found is None:
            raise NotFound("there is no such erasure")
        return found

    async def receipts(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> Page[Receipt]:
        items, following = await self._receipts.page(
            account_id or EVERYWHERE, after=after, limit=limit
        )
        return Page(items=items, next=following)

    # Any: JSON, as it is sent.
    async def access(self, account_id: UUID | None, somebody: Somebody) -> dict[str, Any]:
        with acting_for(None):
            return await self._access.of(account_id, _traces(somebody), self._erasure.now())

    async def unnoticed(
        self, account_id: UUID, *, after: str | None, limit: int
    ) -> Page[Unnoticed]:
        return await self._notices.unnoticed(account_id, after=after, limit=limit)

    async def mark_told(
        self,
        account_id: UUID,
        contacts: Sequence[UUID],
        how: str,
        told_at: datetime | None,
        alongside: Alongside[int] | None = None,
    ) -> int:
        at = told_at or self._erasure.now()
        return await self._notices.mark_told(account_id, contacts, how, at, alongside)


def _traces(somebody: Somebody) -> Traces:
    keys, phone = sought(somebody)
    found = traces.of_keys(keys, phone=phone)
    if not found.forms:
        raise nobody()
    return found
