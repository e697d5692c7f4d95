"""What the routes of batch jobs need done for them; see `services.py`."""

from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.batches import ItemResult, Job, NewJob
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.storage.transactions import Alongside


class Jobs(Protocol):
    """Another account's job is none: None, or no results."""

    async def create(
        self, account_id: UUID, new: NewJob, alongside: Alongside[Job] | None = None
    ) -> Job:
        """The job, committed. Raises InvalidQuery where the callback URL cannot be."""
        ...

    async def callback(self, account_id: UUID, url: str | None) -> Callback | None:
        """What callbacks to the account's URLs are signed with."""
        ...

    async def get(self, account_id: UUID, job_id: UUID) -> Job | None: ...

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[Job]: ...

    async def cancel(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        """Ends what has not ended; safe to repeat."""
        ...

    async def retry(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        """Queues what failed once more. Raises Conflict for a job that was cancelled."""
        ...

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]: ...
