"""The books of paid calls in PostgreSQL: `gateway.books.Books`, and the sweep of the worker.

A row of `call_intents` is a call under way or, with a reply, one that was paid for; the question
is its key, so that of equal calls only one is ever under way. What a call cost goes to
`provider_calls` in the statement that settles it, whatever becomes of its enrichment.
"""

import asyncio
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn, Protocol, TypeVar

from roleferry_enrich.domain.outcomes import CallRecord
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
from roleferry_enrich.storage import book_rows as rows
from roleferry_enrich.storage.at_rest import Key
from roleferry_enrich.storage.book_rows import (
    LookAgain,
    PayerUnknown,
    Settlement,
    Struck,
    Unreadable,
)
from roleferry_enrich.storage.lanes import Lane
from roleferry_enrich.storage.statements import sql
from roleferry_enrich.storage.wire import DatabaseAway, Wire
from roleferry_enrich.waiting import answer_within

Item = TypeVar("Item")
Result = TypeVar("Result")

# Less than a caller has, and more than a busy database or a busy process is late.
_PATIENCE_S = 0.5
_REST_S = 1.0
_CLOSING_S = 5.0
# Long enough for a client or a batch to ask again after a crash; the cache is for what is longer.
_KEPT_FOR = timedelta(hours=1)
_SWEPT_AT_ONCE = 500


class Complaints(Protocol):
    def books_closed(self, reason: str) -> None: ...
    def books_opened(self) -> None: ...


class PostgresBooks:
    """Two connections: one for those who wait to call, one for what must not be lost.

    What the first commits need not reach the disk at once. Should PostgreSQL itself die in that
    half second, what the second commits says all of it again.
    """

    def __init__(
        self, url: str, complaints: Complaints, ring: Key, *, patience_s: float = _PATIENCE_S
    ) -> None:
        """`ring` seals the replies that are kept."""
        self._ring = ring
        self._front, self._back = Wire(url, is_durable=False), Wire(url)
        self._complaints = complaints
        self._patience_s = patience_s
        self._closed_until = 0.0
        self._is_closed = False
        self._notes = Lane(self._note_all, left_behind=self._unnote)
        self._looks = Lane(self._look_at_all)
        self._losses = Lane(self._write_off_all)
        self._closings = Lane(self._close_all, is_patient=True)
        self._last: asyncio.Future[None] | None = None

    async def note(self, intent: Intent) -> Noted | Kept | UnderWay:
        until = self._until()
        while True:
            match await self._asked(self._notes, intent, until):
                case LookAgain():
                    continue
                case PayerUnknown():
                    raise BooksUnavailable("there is no account that pays")
                case Unreadable():
                    raise BooksUnavailable("a kept reply cannot be opened")
                case found:
                    return found

    async def follow(self, entry: Entry) -> Kept | UnderWay | Unanswered | Gone:
        found = await self._asked(self._looks, entry, self._until())
        if isinstance(found, Unreadable):
            raise BooksUnavailable("a kept reply cannot be opened")
        return found

    async def write_off(self, entry: Entry) -> Lost | None:
        return await self._asked(self._losses, entry, self._until())

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None:
        self._last = self._closings.put(Settlement(intent, record, reply, _KEPT_FOR))

    def strike(self, entry: Entry) -> None:
        self._last = self._closings.put(Struck(entry))

    async def written(self) -> None:
        if self._last is not None:
            await asyncio.wait({self._last}, timeout=self._patience_s)

    async def sweep(self) -> Sequence[Lost]:
        """Write off what nobody settled, forget replies kept long enough: a bounded piece of each.

        Raises DatabaseAway.
        """
        await self._back.rows(_SWEEP_KEPT, [_SWEPT_AT_ONCE])
        return [rows.lost(row) for row in await self._back.rows(_SWEEP_OVERDUE, [_SWEPT_AT_ONCE])]

    async def close(self) -> None:
        """Once what came of calls is written, or could not be for some seconds."""
        self._closed_until = math.inf
        for lane in (self._notes, self._looks, self._losses, self._closings):
            await lane.close(_CLOSING_S)
        await self._front.close()
        await self._back.close()

    def _until(self) -> float:
        return asyncio.get_running_loop().time() + self._patience_s

    async def _asked(self, lane: Lane[Item, Result], item: Item, until: float) -> Result:
        """What the lane says in time. A dead database costs one short wait a second, no more."""
        now = asyncio.get_running_loop().time()
        if now < self._closed_until:
            raise BooksUnavailable("the books cannot be kept just now")
        try:
            found = await answer_within(until - now, lane.put(item))
        except (DatabaseAway, TimeoutError) as error:
            self._refuse(error)
        if self._is_closed:
            self._is_closed = False
            self._complaints.books_opened()
        return found

    def _refuse(self, error: Exception) -> NoReturn:
        self._closed_until = asyncio.get_running_loop().time() + _REST_S
        self._complain(str(error) or "no answer in time")
        raise BooksUnavailable("the books cannot be kept just now") from error

    def _complain(self, reason: str) -> None:
        """Once, until something is written again."""
        if not self._is_closed:
            self._is_closed = True
            self._complaints.books_closed(reason)

    async def _note_all(
        self, given: Sequence[Intent]
    ) -> Sequence[Noted | Kept | UnderWay | LookAgain | PayerUnknown | Unreadable]:
        found = await self._front.rows(_NOTE, rows.intents(given))
        return [
            rows.noted(intent, row, self._ring) for intent, row in zip(given, found, strict=True)
        ]

    def _unnote(self, intent: Intent) -> None:
        """Who wanted to call has gone, and does not know that it may be noted."""
        self.strike(intent.entry)

    async def _look_at_all(
        self, given: Sequence[Entry]
    ) -> Sequence[Kept | UnderWay | Unanswered | Gone | Unreadable]:
        found = await self._front.rows(_FOLLOW, rows.entries(given))
        return [rows.followed(row, self._ring) for row in found]

    async def _write_off_all(self, given: Sequence[Entry]) -> Sequence[Lost | None]:
        found = await self._front.rows(_WRITE_OFF, rows.entries(given))
        lost = {row["id"]: rows.lost(row) for row in found}
        return [lost.get(entry.id) for entry in given]

    async def _close_all(self, given: Sequence[Settlement | Struck]) -> Sequence[None]:
        """Settled before struck: a reply is found unreadable only after it came."""
        settled = [each for each in given if isinstance(each, Settlement)]
        struck = [each.entry for each in given if isinstance(each, Struck)]
        if settled:
            await self._back.rows(_SETTLE, rows.settlements(settled, self._ring))
        if struck:
            await self._back.rows(_STRIKE, rows.entries(struck))
        return [None] * len(given)


_NOTE = sql("note_intents")
_FOLLOW = sql("follow_calls")
_WRITE_OFF = sql("write_off")
_SETTLE = sql("settle_calls")
_STRIKE = sql("strike_intents")
_SWEEP_KEPT = sql("sweep_kept")
_SWEEP_OVERDUE = sql("sweep_overdue")
