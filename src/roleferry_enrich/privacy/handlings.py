"""How each account handles people's data, as of a few seconds ago, put into its requests."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.enrichments import Options
from roleferry_enrich.domain.handling import Handling
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.transactions import Alongside

_KEPT_FOR_S = 4.0
"""As long as a key is remembered: a change is in force everywhere within five seconds."""
_MOST_KEPT = 1_000
_USUAL = Handling()


class Kept(Protocol):
    """`storage.handling.HandlingRepository`."""

    async def get(self, account_id: UUID) -> Handling: ...
    async def put(
        self, account_id: UUID, handling: Handling, alongside: Alongside[Handling] | None = None
    ) -> None: ...


class Handlings:
    """One per process."""

    def __init__(self, kept: Kept, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept = kept
        self._clock = clock
        self._known: dict[UUID, tuple[Handling, float]] = {}
        self._reading: dict[UUID, asyncio.Task[Handling]] = {}

    async def of(self, account_id: UUID) -> Handling:
        """As read last, where it cannot be read now. Raises ServiceUnavailable if it never was."""
        known = self._known.get(account_id)
        if known is not None and self._clock() - known[1] < _KEPT_FOR_S:
            return known[0]
        try:
            return await self._read_once(account_id)
        except ServiceUnavailable:
            if known is None:
                raise
            return known[0]

    async def _read_once(self, account_id: UUID) -> Handling:
        """All items of a batch ask at the same moment: one look for them."""
        reading = self._reading.get(account_id)
        if reading is None:
            reading = asyncio.create_task(self._read(account_id))
            self._reading[account_id] = reading
            reading.add_done_callback(lambda done: self._has_read(account_id, done))
        return await asyncio.shield(reading)

    def _has_read(self, account_id: UUID, done: asyncio.Task[Handling]) -> None:
        if self._reading.get(account_id) is done:
            del self._reading[account_id]

    async def _read(self, account_id: UUID) -> Handling:
        read_at = self._clock()
        handling = await self._kept.get(account_id)
        if self._reading.get(account_id) is not asyncio.current_task():
            return handling  # changed meanwhile
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[account_id] = handling, read_at
        return handling

    async def change(
        self, account_id: UUID, handling: Handling, *, alongside: Alongside[Handling] | None = None
    ) -> Handling:
        """In force here when it returns. Raises ServiceUnavailable."""
        await self._kept.put(account_id, handling, alongside)
        self._known.pop(account_id, None)
        self._reading.pop(account_id, None)
        return handling


def handled(options: Options, handling: Handling) -> Options:
    """The options as the account's own rules have them; the same object where it has none."""
    if handling == _USUAL:
        return options
    return replace(
        options,
        exclude=options.exclude | handling.providers_off,
        purpose=handling.purpose,
        lawful_basis=handling.lawful_basis,
    )
