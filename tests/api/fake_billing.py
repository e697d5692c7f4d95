"""The far side of `/account/credits` and `/account/usage`: the documentation's own example."""

from datetime import date
from uuid import UUID

from roleferry_enrich.api import billing_examples
from roleferry_enrich.domain.credits import UNLIMITED, AccountPlan, Balance, LedgerEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.usage import Usage


class FakeBilling:
    def __init__(self) -> None:
        self.is_metered = True
        self.pages_asked: list[tuple[UUID, str | None, int]] = []
        self.days_asked: list[tuple[UUID, date | None, date | None]] = []

    async def plan(self, account_id: UUID) -> AccountPlan:
        return billing_examples.PLAN if self.is_metered else UNLIMITED

    async def balance(self, account_id: UUID) -> Balance | None:
        return billing_examples.BALANCE if self.is_metered else None

    async def ledger(self, account_id: UUID, *, after: str | None, limit: int) -> Page[LedgerEntry]:
        self.pages_asked.append((account_id, after, limit))
        return billing_examples.ledger() if self.is_metered else Page(items=(), next=None)

    async def usage(self, account_id: UUID, since: date | None, until: date | None) -> Usage:
        self.days_asked.append((account_id, since, until))
        return billing_examples.usage()
