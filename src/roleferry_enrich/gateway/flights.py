"""Answers being got in this process: whoever asks the same meanwhile waits for the same one.

Nobody who waits can cancel a flight: what it asks for may be paid already.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord, Outcome
from roleferry_enrich.gateway.cache import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a flight came to."""

    conversation: UUID
    outcome: Outcome
    level: CacheLevel | None = None
    """Where it was found; None where the provider was asked."""
    observed_at: datetime | None = None
    calls: tuple[CallRecord, ...] = ()


class Flight:
    """One answer being got."""

    def __init__(self, key: str, known: Entry | None, stamp: int) -> None:
        self.key = key
        self.known = known
        """The answer that is to be replaced by a newer one."""
        self.stamp = stamp
        """Of the fence, at the start."""
        self.stale = known
        """The newest answer that is known meanwhile; each asker judges whether it will do."""
        self.decidable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done as soon as there is something to decide on: an older answer, or the end."""
        if known is not None:
            self.decide()
        self.task: asyncio.Task[Landing]
        self._are_calls_booked = False

    @property
    def has_landed(self) -> bool:
        return self.task.done()

    def offer(self, stale: Entry) -> None:
        self.stale = stale
        self.decide()

    def decide(self) -> None:
        if not self.decidable.done():
            self.decidable.set_result(None)

    def book(self) -> tuple[CallRecord, ...]:
        """The calls it took, for the first who reports them: each is paid once."""
        calls = () if self._are_calls_booked else self.task.result().calls
        self._are_calls_booked = True
        return calls


class Flights:
    """Those under way, by question."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}

    def under_way(self, key: str) -> Flight | None:
        flight = self._flights.get(key)
        # Between a task's end and its callbacks, whoever awaits it gets no turn of the loop: one
        # who looks again and again would never see it leave.
        return None if flight is None or flight.has_landed else flight

    # Any: a coroutine's yield and send types are asyncio's own affair.
    def start(
        self, flight: Flight, get: Callable[[Flight], Coroutine[Any, Any, Landing]]
    ) -> Flight:
        flight.task = asyncio.create_task(get(flight), name="flight")
        self._flights[flight.key] = flight
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    async def drain(self) -> None:
        """Wait for all under way; each is bounded by its provider's timeout."""
        while self._flights:
            await asyncio.wait([flight.task for flight in self._flights.values()])

    def _land(self, flight: Flight) -> None:
        flight.decide()
        # Another may be under way by now: nobody joins one that was forgotten on its way.
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]
