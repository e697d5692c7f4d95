"""Puts together what charges accounts and counts what they spend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.charging import PlannedCharging
from roleferry_enrich.configuration.credits import micro, plan_of
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.credits import AccountPlan, Balance, LedgerEntry
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.usage import Usage
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.reservations import Reservations
from roleferry_enrich.storage.spending import CountedSpending
from roleferry_enrich.storage.usage import UsageRepository
from roleferry_enrich.storage.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """One per process; `api.billing_desk.BillingDesk` among others."""

    plans: Plans
    credits: CreditRepository
    reservations: Reservations
    spending: CountedSpending
    reports: UsageRepository
    wire: Wire

    async def plan(self, account_id: UUID) -> AccountPlan:
        """As known here a few seconds ago."""
        return await self.plans.of(account_id)

    async def balance(self, account_id: UUID) -> Balance | None:
        return await self.credits.balance(account_id)

    async def ledger(self, account_id: UUID, *, after: str | None, limit: int) -> Page[LedgerEntry]:
        return await self.credits.ledger(account_id, after=after, limit=limit)

    async def usage(self, account_id: UUID, since: date | None, until: date | None) -> Usage:
        return await self.reports.report(account_id, since, until)

    def charging(self, channels: Mapping[str, Channel]) -> PlannedCharging:
        ready = (channel for channel in channels.values() if channel.is_ready)
        paid = [price for channel in ready if (price := channel.price(1))]
        return PlannedCharging(
            plans=self.plans,
            reservations=self.reservations,
            spending=self.spending,
            credits=self.credits,
            cheapest=min(paid, default=MicroUsd(0)),
        )

    async def close(self) -> None:
        await self.spending.close()
        await self.wire.close()


def open_billing(settings: Settings, url: str, engine: AsyncEngine) -> Billing:
    """Nothing is connected before the first use."""
    wire = Wire(url, is_durable=False)
    otherwise = plan_of(settings.credits, settings.caps)
    plans = Plans(engine, otherwise)
    return Billing(
        plans=plans,
        credits=CreditRepository(engine),
        reservations=Reservations(wire),
        spending=CountedSpending(Wire(url, is_durable=False), plans),
        reports=UsageRepository(
            engine, caps=otherwise.caps, credit_value=micro(settings.credits.value)
        ),
        wire=wire,
    )
