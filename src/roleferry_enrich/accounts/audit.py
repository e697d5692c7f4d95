"""Writes the audit log behind the answers, many entries at once, so that nobody waits for it.

What is not written yet is in memory: a process that is told to stop writes it first, one that is
killed loses what it noted in the last second. What changes an account is written in the
transaction of the change (`write`) and cannot be lost.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from itertools import islice
from typing import Protocol
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.storage.audits import AuditRepository

_PAUSE_S = 1.0
_AT_ONCE = 500
_LAST_TRIES = 5
_MOST_KEPT = 100_000
"""Waiting for a database that is away; the oldest are then given up, and that is told."""
_log = structlog.get_logger("roleferry_enrich")


class Digests(Protocol):
    def digests(self, forms: Sequence[NormalForm]) -> list[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did."""

    account: Account
    operation: str
    resource: str | None = None
    whom: Callable[[], Sequence[NormalForm]] = tuple
    """Whom they asked for; found out when it is written."""


class AuditTrail:
    """One per process."""

    def __init__(
        self, repository: AuditRepository, subjects: Digests, now: Callable[[], datetime]
    ) -> None:
        self._repository = repository
        self._subjects = subjects
        self._now = now
        self._noted: deque[tuple[UUID, datetime, Deed, int]] = deque()
        self._given_up = 0

    def note(self, deed: Deed, status: int) -> None:
        """To be written within a second. Never raises."""
        self._noted.append((uuid4(), self._now(), deed, status))
        if len(self._noted) > _MOST_KEPT:
            self._noted.popleft()
            self._given_up += 1

    async def write(
        self, connection: AsyncConnection, entry_id: UUID, deed: Deed, status: int
    ) -> None:
        """In the transaction of what was done, once under that id, however often that runs."""
        entry = self._entry(entry_id, self._now(), deed, status)
        await self._repository.add_within(connection, [entry])

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[AuditEntry]:
        return await self._repository.page(account_id, after=after, limit=limit)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Write for as long as the block lasts, and what is left when it ends."""
        writing = asyncio.create_task(self._keep_writing(), name="audit")
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait({writing})
            await self._write_the_rest()

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_S)
            with suppress(ServiceUnavailable):
                await self.flush()

    async def _write_the_rest(self) -> None:
        for _ in range(_LAST_TRIES):
            with suppress(ServiceUnavailable):
                await self.flush()
            if not self._noted:
                return
        _log.error("audit.lost", count=len(self._noted))

    async def flush(self) -> None:
        """Write all that was noted until now. Raises ServiceUnavailable; it is kept then."""
        if self._given_up:
            _log.error("audit.lost", count=self._given_up)
            self._given_up = 0
        # What comes meanwhile waits for more: written as it comes, a transaction would have few.
        left = len(self._noted)
        while left > 0 and self._noted:
            some = list(islice(self._noted, min(left, _AT_ONCE)))
            left -= len(some)
            await self._repository.add([self._entry(*noted) for noted in some])
            for noted in some:
                # Unless it was given up meanwhile.
                if self._noted and self._noted[0] is noted:
                    self._noted.popleft()

    def _entry(self, entry_id: UUID, at: datetime, deed: Deed, status: int) -> AuditEntry:
        return AuditEntry(
            id=entry_id,
            account_id=deed.account.id,
            at=at,
            key_id=deed.account.key_id,
            operation=deed.operation,
            resource=deed.resource,
            subjects=self._subjects.digests(deed.whom()),
            status=status,
        )
