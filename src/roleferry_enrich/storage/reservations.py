"""Takes credits out of balances before anything is spent: one small statement, no waiting line."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from roleferry_enrich.storage.statements import sql
from roleferry_enrich.storage.wire import Wire

LEASE = timedelta(minutes=10)
"""Longer than any request or item of a batch runs, so that only a dead one's runs out."""
_RESERVE = sql("reserve_credits")


@dataclass(frozen=True, slots=True)
class Reservation:
    is_granted: bool
    balance: int
    """Just before it."""


class Reservations:
    def __init__(self, wire: Wire, *, lease: timedelta = LEASE) -> None:
        """The wire need not be durable: what is settled later is written down after this."""
        self._wire = wire
        self._lease = lease

    async def take(
        self, account_id: UUID, charge_id: UUID, credits: int, key_id: str | None
    ) -> Reservation:
        """All of the credits or none. Raises DatabaseAway."""
        given = (account_id, charge_id, credits, key_id, self._lease)
        [row] = await self._wire.rows(_RESERVE, given)
        return Reservation(row["is_granted"], row["balance"])
