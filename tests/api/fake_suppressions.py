"""The far side of `SuppressionDesk`, in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from roleferry_enrich.domain.handling import Handling
from roleferry_enrich.privacy.somebody import Somebody, forms_of
from roleferry_enrich.storage.suppressions import EVERYWHERE, Entry

ENTRY_ID = UUID(int=70)


@dataclass
class FakeSuppressions:
    held: dict[tuple[UUID | None, UUID], Entry] = field(default_factory=dict)
    asked: list[tuple[UUID | None, Somebody]] = field(default_factory=list)

    async def suppress(
        self,
        account_id: UUID | None,
        somebody: Somebody,
        *,
        reason: str,
        source: str,
        alongside: Any = None,
    ) -> Entry:
        digests = [(form.kind, bytes(16)) for form in forms_of(somebody)]
        entry = Entry(
            id=ENTRY_ID, scope=account_id or EVERYWHERE, digests=digests, reason=reason,
            source=source, reference=None, added_at=datetime(2026, 3, 2, tzinfo=UTC),
        )  # fmt: skip
        self.asked.append((account_id, somebody))
        self.held[account_id, ENTRY_ID] = entry
        if alongside is not None:
            await alongside(None, entry)
        return entry

    async def listed(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        return tuple(e for (owner, _), e in self.held.items() if owner == account_id), None

    async def release(self, account_id: UUID | None, entry_id: UUID, alongside: Any = None) -> bool:
        was_held = self.held.pop((account_id, entry_id), None) is not None
        if alongside is not None and was_held:
            await alongside(None, None)
        return was_held


@dataclass
class KeptHandlings:
    said: dict[UUID, Handling] = field(default_factory=dict)
    reads: int = 0

    async def get(self, account_id: UUID) -> Handling:
        self.reads += 1
        return self.said.get(account_id, Handling())

    async def put(self, account_id: UUID, handling: Handling, alongside: Any = None) -> None:
        self.said[account_id] = handling
        if alongside is not None:
            await alongside(None, handling)
