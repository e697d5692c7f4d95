"""What accounts with a cap have spent, call by call: `gateway.spending.Spending`.

A call's price is counted before the call is made and replaced by its cost after it, so that no
number of processes passes a cap together. Who dies in between leaves the price counted, as the
books do. Only accounts with a cap on days or months are counted; the first look of a process at
one begins with what the books say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn
from uuid import UUID

from roleferry_enrich.domain.credits import Caps
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import BooksUnavailable, BudgetSpent, CapReached, ServiceUnavailable
from roleferry_enrich.storage.lanes import Lane
from roleferry_enrich.storage.plans import Plans
from roleferry_enrich.storage.statements import sql
from roleferry_enrich.storage.wire import DatabaseAway, Wire

_HOLD, _LOOK = sql("hold_spending"), sql("look_spending")
_SEED, _SETTLE, _REFUSE = sql("seed_spending"), sql("settle_spending"), sql("refuse_spending")
_CLOSING_S = 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a call was dearer or cheaper than was held for it."""

    account_id: UUID
    day: date
    amount: int


class CountedSpending:
    """One per process."""

    def __init__(self, wire: Wire, plans: Plans) -> None:
        """The wire need not be durable: the books are, and counting begins with them."""
        self._wire = wire
        self._plans = plans
        self._changes = Lane(self._write_changes, is_patient=True)
        self._begun: set[UUID] = set()

    async def hold(self, account_id: UUID, price: MicroUsd) -> "HeldPrice | None":
        try:
            caps = (await self._plans.of(account_id)).caps
            if not caps.are_running or price <= 0:
                return None
            day = await self._hold(account_id, price, caps)
        except (DatabaseAway, ServiceUnavailable) as error:
            raise BooksUnavailable("spending cannot be counted just now") from error
        return HeldPrice(self, account_id, day, price)

    async def check(self, account_id: UUID, caps: Caps, cheapest: MicroUsd) -> None:
        """Before a request asks anybody. Raises CapReached where no paid call is allowed.

        Raises DatabaseAway.
        """
        await self._begin(account_id)
        name = await self._passed(account_id, caps, max(cheapest, 1))
        if name is not None:
            _refuse(name, caps)

    async def close(self) -> None:
        """Once what is to be written is, or could not be for some seconds."""
        await self._changes.close(_CLOSING_S)
        await self._wire.close()

    def change(self, change: Change) -> None:
        self._changes.put(change)

    async def _hold(self, account_id: UUID, price: MicroUsd, caps: Caps) -> date:
        given = (account_id, price, caps.day, caps.month)
        rows = await self._wire.rows(_HOLD, given)
        if not rows and await self._passed(account_id, caps, price) is None:
            # Midnight came between the request and its call.
            await self._wire.rows(_SEED, (account_id,))
            rows = await self._wire.rows(_HOLD, given)
        if not rows:
            raise BudgetSpent("the call would cost more than is left of the account's cap")
        day: date = rows[0]["day"]
        return day

    async def _passed(self, account_id: UUID, caps: Caps, price: int) -> str | None:
        """The cap that so much more would pass, if any; it is remembered that it refused."""
        [row] = await self._wire.rows(_LOOK, (account_id,))
        for name, cap, spent in (
            ("day", caps.day, row["today"]),
            ("month", caps.month, row["month"]),
        ):
            if cap is not None and (spent or 0) + price > cap:
                await self._wire.rows(_REFUSE, (account_id, name))
                return name
        return None

    async def _begin(self, account_id: UUID) -> None:
        """Once: what was spent while no cap counted it is in the books alone."""
        if account_id not in self._begun:
            await self._wire.rows(_SEED, (account_id,))
            self._begun.add(account_id)

    async def _write_changes(self, given: Sequence[Change]) -> Sequence[None]:
        columns = [[c.account_id for c in given], [c.day for c in given], [c.amount for c in given]]
        await self._wire.rows(_SETTLE, columns)
        return [None] * len(given)


class HeldPrice:
    def __init__(
        self, spending: CountedSpending, account_id: UUID, day: date, price: MicroUsd
    ) -> None:
        self._spending = spending
        self._account_id = account_id
        self._day = day
        self._price = price
        self._is_settled = False

    def settle(self, cost: MicroUsd) -> None:
        if self._is_settled:
            return
        self._is_settled = True
        if cost != self._price:
            self._spending.change(Change(self._account_id, self._day, cost - self._price))


def _refuse(name: str, caps: Caps) -> NoReturn:
    cap = (caps.day if name == "day" else caps.month) or 0
    raise CapReached(
        f"the cap on what providers may be paid in a {name}, {cap / 1_000_000:g} US dollars, is "
        f"reached: what is known is still answered; ask again in the next {name} (UTC), or have "
        "the cap raised"
    )
