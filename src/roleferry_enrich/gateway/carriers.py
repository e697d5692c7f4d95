"""What brings a call's reply where that is not HTTP: our own database."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.replies import Reply


class Carrier(Protocol):
    """Answers calls in the name of one account: of nobody's until it is told whose."""

    def in_the_name_of(self, account_id: UUID, max_age: timedelta | None) -> "Carrier":
        """The same for an account that wants nothing older than that."""
        ...

    async def send(self, call: Call, *, within: timedelta) -> Reply:
        """The reply, whatever its status. Raises a ProviderError."""
        ...
