"""What one request may still spend: reserved before a call, settled after it."""

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import BudgetSpent


class Purse:
    """A cap in micro-dollars; None is no cap."""

    def __init__(self, cap: MicroUsd | None) -> None:
        self._cap = cap
        self._held = 0

    @property
    def left(self) -> MicroUsd | None:
        return None if self._cap is None else MicroUsd(self._cap - self._held)

    @property
    def held(self) -> MicroUsd:
        """What was spent, and the most that what is under way may still cost."""
        return MicroUsd(self._held)

    def reserve(self, price: MicroUsd) -> None:
        """Hold the most a call may cost. Raises BudgetSpent before anything is sent."""
        if self._cap is not None and price > 0 and self._held + price > self._cap:
            raise BudgetSpent("the call would cost more than is left of max_cost")
        self._held += price

    def settle(self, price: MicroUsd, cost: MicroUsd) -> None:
        """Replace what was reserved by what it did cost."""
        self._held += cost - price
