"""Puts together what charges accounts and counts what they spend."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.accounts.charging import PlannedCharging
from roleferry_enrich.credit_settings import micro, plan_of
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.reservations import Reservations
from roleferry_enrich.storage.spending import CountedSpending
from roleferry_enrich.storage.usage import UsageRepository
from roleferry_enrich.storage.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """One per process."""

    plans: Plans
    credits: CreditRepository
    reservations: Reservations
    spending: CountedSpending
    usage: UsageRepository
    wire: Wire

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
        usage=UsageRepository(
            engine, caps=otherwise.caps, credit_value=micro(settings.credits.value)
        ),
        wire=wire,
    )
