"""What a till needs of whoever counts an account's spending against its caps."""

from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.identifiers import MicroUsd


class Held(Protocol):
    """The price of a call, counted as spent until it is known what it did cost."""

    def settle(self, cost: MicroUsd) -> None:
        """Behind the caller's back; a second time changes nothing."""


class Spending(Protocol):
    async def hold(self, account_id: UUID, price: MicroUsd) -> Held | None:
        """Before a call is made; None where no cap counts it.

        Raises BudgetSpent where a cap does not allow it, BooksUnavailable where nobody can tell.
        """


class _Uncapped:
    async def hold(self, account_id: UUID, price: MicroUsd) -> Held | None:  # noqa: ARG002
        return None


UNCAPPED: Spending = _Uncapped()
