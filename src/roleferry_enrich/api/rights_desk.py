"""What the routes of people's rights need done for them.

Where an account may be None, all of them are meant, which only an operator may ask for. Every
method raises ServiceUnavailable.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from roleferry_enrich.domain.stored import Page
from roleferry_enrich.privacy.somebody import Somebody
from roleferry_enrich.storage.erasures import Receipt
from roleferry_enrich.storage.notices import Unnoticed
from roleferry_enrich.storage.transactions import Alongside


class RightsDesk(Protocol):
    async def erase(
        self,
        account_id: UUID | None,
        somebody: Somebody,
        alongside: Alongside[Receipt] | None = None,
    ) -> Receipt:
        """`alongside` is written when it is begun: from then on it will be done, if not at once.

        Raises InvalidQuery where nobody can be recognised by this.
        """
        ...

    async def receipt(self, account_id: UUID | None, erasure_id: UUID) -> Receipt:
        """Raises NotFound."""
        ...

    async def receipts(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> Page[Receipt]:
        """Raises InvalidQuery for a cursor that we did not give out."""
        ...

    # Any: JSON, as it is sent.
    async def access(self, account_id: UUID | None, somebody: Somebody) -> dict[str, Any]:
        """Raises InvalidQuery where nobody can be recognised by this."""
        ...

    async def unnoticed(
        self, account_id: UUID, *, after: str | None, limit: int
    ) -> Page[Unnoticed]:
        """Raises InvalidQuery for a cursor that we did not give out."""
        ...

    async def mark_told(
        self,
        account_id: UUID,
        contacts: Sequence[UUID],
        how: str,
        told_at: datetime | None,
        alongside: Alongside[int] | None = None,
    ) -> int:
        """How many of them had not been marked yet."""
        ...
