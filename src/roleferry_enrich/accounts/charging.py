"""Says what a request may spend, takes the credits for it, and makes out the bill.

    open -> leave, when the first provider is to be asked: is a cap reached? are there credits?
         -> bill, with each recording of what was found

Leave is asked of PostgreSQL, once for each request that a cache cannot answer, and only for
accounts that have credits or a cap on days or months.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.credits import (
    VERIFICATION,
    AccountPlan,
    Bill,
    Caps,
    charge_of,
    highest_charge,
)
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import (
    InsufficientCredits,
    NotPaidFor,
    RequestRefused,
    ServiceUnavailable,
)
from roleferry_enrich.gateway.leave import FREE, Leave
from roleferry_enrich.pipeline.charging import Asker, Charge, bill_of
from roleferry_enrich.storage.reservations import Reservation
from roleferry_enrich.storage.wire import DatabaseAway

_COME_BACK = timedelta(seconds=2)


class Plans(Protocol):
    async def of(self, account_id: UUID) -> AccountPlan: ...


class Reservations(Protocol):
    async def take(
        self, account_id: UUID, charge_id: UUID, credits: int, key_id: str | None
    ) -> Reservation: ...


class Spending(Protocol):
    async def check(self, account_id: UUID, caps: Caps, cheapest: MicroUsd) -> None: ...


class Credits(Protocol):
    async def settle(self, account_id: UUID, bill: Bill) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCharging:
    """`pipeline.charging.Charging` by the accounts' plans. One per process."""

    plans: Plans
    reservations: Reservations
    spending: Spending
    credits: Credits
    cheapest: MicroUsd
    """The least that a paid call costs: with less left of a cap, none can be made."""

    async def open(self, request: Request, asker: Asker) -> "PlannedCharge":
        plan = await self.plans.of(asker.account_id)
        credits = highest_charge(request, plan.prices) if plan.is_metered else 0
        charge = self._charge(plan, asker, credits)
        if plan.is_metered and plan.prices.cached:
            # Even what is known has a price: nothing is looked up for who cannot pay it.
            await charge.require()
        return charge

    async def reopen(self, asker: Asker) -> "PlannedCharge":
        plan = await self.plans.of(asker.account_id)
        return PlannedCharge(plan=plan, asker=asker, leave=FREE)

    async def open_list(self, addresses: int, asker: Asker) -> "PlannedCharge":
        plan = await self.plans.of(asker.account_id)
        credits = addresses * plan.prices.verification if plan.is_metered else 0
        return self._charge(plan, asker, credits)

    async def close_list(self, charge: Charge, judged: int) -> None:
        asker = charge.asker
        plan = await self.plans.of(asker.account_id)
        if not plan.is_metered or charge.leave is FREE:
            return
        bill = Bill(
            charge_id=asker.charge_id,
            key_id=asker.key_id,
            is_metered=True,
            is_final=True,
            is_owed=False,
            fields=(),
            is_cached=not judged,
            parts={VERIFICATION: judged * plan.prices.verification},
        )
        await self.credits.settle(asker.account_id, bill)

    def _charge(self, plan: AccountPlan, asker: Asker, credits: int) -> "PlannedCharge":
        if not credits and not plan.caps.are_running:
            return PlannedCharge(plan=plan, asker=asker, leave=FREE)
        asked = Permission(self, plan.caps, asker, credits)
        return PlannedCharge(plan=plan, asker=asker, leave=asked, permission=asked)


class Permission:
    """Asked for once, by whichever of a request's asks comes first."""

    def __init__(self, charging: PlannedCharging, caps: Caps, asker: Asker, credits: int) -> None:
        self._charging = charging
        self._caps = caps
        self._asker = asker
        self._credits = credits
        self._asking: asyncio.Task[RequestRefused | None] | None = None
        self.refusal: RequestRefused | None = None

    async def take(self) -> None:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        self.refusal = await asyncio.shield(self._asking)
        if self.refusal is not None:
            raise NotPaidFor(self.refusal.detail)

    async def _ask(self) -> RequestRefused | None:
        asker = self._asker
        try:
            if self._caps.are_running:
                await self._charging.spending.check(
                    asker.account_id, self._caps, self._charging.cheapest
                )
            if self._credits:
                return await self._reserve()
        except RequestRefused as refused:
            return refused
        except DatabaseAway:
            return ServiceUnavailable(
                "the account cannot be charged just now", retry_after=_COME_BACK
            )
        return None

    async def _reserve(self) -> RequestRefused | None:
        asker = self._asker
        taken = await self._charging.reservations.take(
            asker.account_id, asker.charge_id, self._credits, asker.key_id
        )
        if taken.is_granted:
            return None
        return InsufficientCredits(
            f"this may cost up to {self._credits} credits and the account has {taken.balance} "
            "left: have credits added, or ask for fewer fields"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCharge:
    """`pipeline.charging.Charge` of one request."""

    plan: AccountPlan
    asker: Asker
    leave: Leave
    permission: Permission | None = field(default=None)

    @property
    def most(self) -> MicroUsd | None:
        return self.plan.caps.request

    @property
    def refusal(self) -> RequestRefused | None:
        return self.permission.refusal if self.permission else None

    async def require(self) -> None:
        """Raises RequestRefused."""
        try:
            await self.leave.take()
        except NotPaidFor:
            assert self.refusal is not None
            raise self.refusal from None

    def bill(self, enrichment: Enrichment, *, is_final: bool) -> Bill:
        parts = charge_of(enrichment, self.plan.prices) if self.plan.is_metered else None
        return bill_of(self.asker, enrichment, is_final=is_final, parts=parts)
