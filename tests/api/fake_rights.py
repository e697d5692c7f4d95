"""The far side of `RightsDesk`, in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import NotFound
from roleferry_enrich.privacy.somebody import Somebody, sought
from roleferry_enrich.storage.erasures import Receipt
from roleferry_enrich.storage.notices import Unnoticed
from roleferry_enrich.storage.suppressions import EVERYWHERE

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CONTACT_ID = UUID(int=9)


@dataclass
class FakeRights:
    asked: list[tuple[UUID | None, Somebody]] = field(default_factory=list)
    erased: dict[UUID, Receipt] = field(default_factory=dict)
    told: list[tuple[UUID, tuple[UUID, ...], str, datetime | None]] = field(default_factory=list)

    async def erase(
        self, account_id: UUID | None, somebody: Somebody, alongside: Any = None
    ) -> Receipt:
        sought(somebody)
        self.asked.append((account_id, somebody))
        receipt = Receipt(
            id=UUID(int=len(self.asked)),
            scope=account_id or EVERYWHERE,
            requested_at=NOW,
            done_at=NOW,
            counts={"people": 1},
        )
        self.erased[receipt.id] = receipt
        if alongside is not None:
            await alongside(None, receipt)
        return receipt

    async def receipt(self, account_id: UUID | None, erasure_id: UUID) -> Receipt:
        found = self.erased.get(erasure_id)
        if found is None or account_id not in {None, found.scope}:
            raise NotFound("there is no such erasure")
        return found

    async def receipts(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> Page[Receipt]:
        mine = [it for it in self.erased.values() if it.scope == account_id]
        return Page(items=tuple(mine[:limit]), next=None)

    async def access(self, account_id: UUID | None, somebody: Somebody) -> dict:
        sought(somebody)
        self.asked.append((account_id, somebody))
        return {"generated_at": NOW, "known_by": [], "recipients": [], "people": []}

    async def unnoticed(
        self, account_id: UUID, *, after: str | None, limit: int
    ) -> Page[Unnoticed]:
        person = Unnoticed(
            contact_id=CONTACT_ID,
            full_name="=Orla Fenwick",
            email=None,
            providers=("hunter",),
            first_seen_at=NOW,
        )
        return Page(items=(person,), next=None if after else "cursor-2")

    async def mark_told(
        self,
        account_id: UUID,
        contacts: list[UUID],
        how: str,
        told_at: datetime | None,
        alongside: Any = None,
    ) -> int:
        self.told.append((account_id, tuple(contacts), how, told_at))
        if alongside is not None:
            await alongside(None, len(contacts))
        return len(contacts)
