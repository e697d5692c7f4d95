"""What the routes of credits and usage need done for them."""

from datetime import date
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.credits import AccountPlan, Balance, LedgerEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.usage import Usage


class BillingDesk(Protocol):
    async def plan(self, account_id: UUID) -> AccountPlan:
        """How the account is charged and limited."""
        ...

    async def balance(self, account_id: UUID) -> Balance | None:
        """None where it does not pay in credits."""
        ...

    async def ledger(self, account_id: UUID, *, after: str | None, limit: int) -> Page[LedgerEntry]:
        """The newest first. Raises InvalidQuery for a cursor that we did not give out."""
        ...

    async def usage(self, account_id: UUID, since: date | None, until: date | None) -> Usage:
        """By default of the last thirty days. Raises InvalidQuery for too many, or none."""
        ...
