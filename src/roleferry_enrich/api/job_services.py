"""What the routes of batch jobs need done for them; see `services.py`."""

from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.batches import ItemResult, Job, NewJob
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.stored import Page


class Jobs(Protocol):
    """Another account's job is none: None, or no results."""

    async def create(self, account_id: UUID, new: NewJob) -> tuple[Job, bool]:
        """The job, committed, and whether it is new: not under a key that was used for it before.

        Raises InvalidQuery where the key was used for another, or the callback URL cannot be.
        """
        ...

    async def callback(self, account_id: UUID) -> Callback:
        """What callbacks to the account's URLs are signed with."""
        ...

    async def get(self, account_id: UUID, job_id: UUID) -> Job | None: ...

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[Job]: ...

    async def cancel(self, account_id: UUID, job_id: UUID) -> Job | None:
        """Ends what has not ended; safe to repeat."""
        ...

    async def retry(self, account_id: UUID, job_id: UUID) -> Job | None:
        """Queues what failed once more. Raises Conflict for a job that was cancelled."""
        ...

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]: ...
