"""Books whose state survives the death of those who write in it, as PostgreSQL's does.

The rules are those of storage/books.py and its SQL; what is simulated is where they are kept. One
`Ledger` is the database of a run; each process writes in it through its own `SimulatedBooks`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.errors import BooksUnavailable
from roleferry_enrich.gateway.books import (
    Entry,
    Gone,
    Intent,
    Kept,
    Lost,
    Noted,
    Unanswered,
    UnderWay,
)
from roleferry_enrich.providers.replies import Reply

T = TypeVar("T")

KEPT_S = 5.0
"""How long a reply is kept: shorter than any simulated answer is fresh, as in production."""
_PATIENCE_S = 0.15
_REST_S = 1.0
_SWEPT_AFTER_S = 10.0
_QUICK = (0.0005, 0.003)
_SLOW = (0.05, 0.4)


@dataclass(slots=True)
class _Row:
    intent: Intent
    noted_at: float
    expires_at: float
    settled_at: float = 0.0
    reply: Reply | None = None


class Ledger:
    """Every statement is atomic, takes effect at once, and is durable."""

    def __init__(self) -> None:
        self._rows: dict[bytes, _Row] = {}
        self.booked: dict[UUID, tuple[OutcomeKind, MicroUsd]] = {}
        self.faults: set[str] = set()
        self._erased_at = 0.0

    def check_open(self) -> None:
        """Raises TimeoutError while nothing can be asked."""
        if "away" in self.faults:
            raise TimeoutError

    def erase(self) -> None:
        """Forget every reply kept, or still to come, of a call noted so far."""
        self._erased_at = _now()
        self._rows = {name: row for name, row in self._rows.items() if row.reply is None}

    @property
    def open_intents(self) -> int:
        """Calls noted and neither settled, struck out nor written off."""
        return sum(row.reply is None for row in self._rows.values())

    def sweep(self) -> None:
        now = _now()
        for row in list(self._rows.values()):
            if row.reply is not None and row.expires_at <= now:
                del self._rows[row.intent.entry.question]
            elif row.reply is None and row.expires_at + _SWEPT_AFTER_S <= now:
                self.write_off(row.intent.entry)

    def note(self, intent: Intent) -> Noted | Kept | UnderWay:
        row = self._rows.get(intent.entry.question)
        if row is None:
            lasts = intent.lasts.total_seconds()
            self._rows[intent.entry.question] = _Row(intent, _now(), _now() + lasts)
        return Noted() if row is None else _held(row)

    def follow(self, entry: Entry) -> Kept | UnderWay | Unanswered | Gone:
        row = self._row(entry)
        if row is not None:
            return _held(row)
        outcome, cost = self.booked.get(entry.id, (OutcomeKind.LOST, MicroUsd(0)))
        ended_well = outcome in {OutcomeKind.FOUND, OutcomeKind.LOST}
        return Unanswered() if cost and not ended_well else Gone()

    def write_off(self, entry: Entry) -> Lost | None:
        row = self._row(entry)
        if row is None or row.reply is not None or row.expires_at > _now():
            return None
        del self._rows[entry.question]
        intent = row.intent
        self.booked.setdefault(entry.id, (OutcomeKind.LOST, intent.price))
        return Lost(intent.provider, intent.capability, intent.price)

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None:
        entry = intent.entry
        self.booked[entry.id] = (record.outcome, record.cost)
        row = self._row(entry)
        is_erased = row is not None and row.noted_at <= self._erased_at
        if reply is None or is_erased:
            self.strike(entry)
        elif row is not None or entry.question not in self._rows:
            noted_at = _now() if row is None else row.noted_at
            self._rows[entry.question] = _Row(intent, noted_at, _now() + KEPT_S, _now(), reply)

    def strike(self, entry: Entry) -> None:
        if self._row(entry) is not None:
            del self._rows[entry.question]

    def _row(self, entry: Entry) -> _Row | None:
        row = self._rows.get(entry.question)
        return row if row is not None and row.intent.entry.id == entry.id else None


class SimulatedBooks:
    """One process's way to the ledger. What it writes behind its callers' backs goes in order."""

    def __init__(
        self, ledger: Ledger, random: Random, alive: Callable[[], Awaitable[None]]
    ) -> None:
        self._ledger = ledger
        self._random = random
        self._alive = alive
        self._closed_until = 0.0
        self._last: asyncio.Task[None] | None = None

    async def note(self, intent: Intent) -> Noted | Kept | UnderWay:
        try:
            return await self._asked(lambda: self._ledger.note(intent))
        except BaseException:
            # Who wanted to call has gone, and does not know that it may be noted.
            self.strike(intent.entry)
            raise

    async def follow(self, entry: Entry) -> Kept | UnderWay | Unanswered | Gone:
        return await self._asked(lambda: self._ledger.follow(entry))

    async def write_off(self, entry: Entry) -> Lost | None:
        return await self._asked(lambda: self._ledger.write_off(entry))

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None:
        self._write(lambda: self._ledger.settle(intent, record, reply))

    def strike(self, entry: Entry) -> None:
        self._write(lambda: self._ledger.strike(entry))

    async def written(self) -> None:
        if self._last is not None:
            await asyncio.wait({self._last}, timeout=_PATIENCE_S)

    async def _asked(self, statement: Callable[[], T]) -> T:
        """What the ledger says in time. A dead one costs one short wait a second, no more."""
        if _now() < self._closed_until:
            raise BooksUnavailable("the books cannot be kept just now")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._way()
                self._ledger.check_open()
                self._ledger.sweep()
                answer = statement()
                await self._way()
                return answer
        except TimeoutError as error:
            self._closed_until = _now() + _REST_S
            raise BooksUnavailable("the books cannot be kept just now") from error

    def _write(self, statement: Callable[[], None]) -> None:
        self._last = asyncio.create_task(self._written(self._last, statement), name="books")

    async def _written(
        self, earlier: "asyncio.Task[None] | None", statement: Callable[[], None]
    ) -> None:
        if earlier is not None:
            await asyncio.wait({earlier})
        await self._way()
        while "away" in self._ledger.faults:  # noqa: ASYNC110 - a database rings no bell
            await asyncio.sleep(0.25)
        await self._alive()
        statement()

    async def _way(self) -> None:
        latency = _SLOW if "slow" in self._ledger.faults else _QUICK
        await asyncio.sleep(self._random.uniform(*latency))
        await self._alive()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _held(row: _Row) -> Kept | UnderWay:
    now = _now()
    if row.reply is None:
        return UnderWay(row.intent.entry, timedelta(seconds=row.expires_at - now))
    return Kept(row.intent.entry, row.reply, timedelta(seconds=now - row.settled_at))
