"""Sees to it that no paid call goes out unnoted, and that nothing is bought twice.

    note -> written: make the call, settle it
         -> kept: an equal call was paid for and answered; that reply again, for nothing
         -> under way: wait for whoever makes it, and buy only what they lost

What is equal is the call itself, so that a conversation of several calls that broke off buys
only those that are missing.
"""

import asyncio
import hashlib
import hmac
from datetime import timedelta
from types import TracebackType
from typing import Self, assert_never
from uuid import uuid4

import msgspec

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.errors import (
    BooksUnavailable,
    CallSkipped,
    DeadlineTooNear,
    ProviderTimedOut,
)
from roleferry_enrich.gateway.books import (
    Books,
    Entry,
    Gone,
    Intent,
    Kept,
    Noted,
    Unanswered,
    UnderWay,
)
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.spending import UNCAPPED, Held, Spending
from roleferry_enrich.gateway.watch import Purchase, Watch
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.replies import Reply

# Beyond the call's own timeout: for reading its reply and settling it.
_SETTLING_TIME = timedelta(seconds=2)
_FIRST_LOOK_S = 0.005
_SLOWEST_LOOK_S = 0.05
# No note takes so long: this process stood still, may count as dead, and others make its call.
_STOOD_STILL_S = 1.0


class Till:
    def __init__(
        self, books: Books, *, watch: Watch, secret: bytes, spending: Spending = UNCAPPED
    ) -> None:
        self._books = books
        self._spending = spending
        self._watch = watch
        self._secret = secret

    async def order(self, call: Call, errand: Errand, attempt: int) -> "Order | Reply":
        """Leave to make the call, or the reply that an equal one brought.

        Raises BooksUnavailable, DeadlineTooNear, and ProviderTimedOut where the equal call it
        waited for may have been charged and brought nothing.
        """
        if not call.credits:
            return Order(self._books, errand, None)
        intent = self._intent(call, errand, attempt)
        while True:
            try:
                found = await self._note(intent)
            except BooksUnavailable:
                self._watch.bought(intent.provider, "refused")
                raise
            match found:
                case Noted():
                    order = Order(self._books, errand, intent)
                    order.held = await self._held(intent)
                    self._watch.bought(intent.provider, "made")
                    return order
                case Kept() if _is_too_old(found, errand):
                    self._books.strike(found.entry)
                    await self._books.written()
                case Kept():
                    return self._taken(found, errand, "kept")
                case UnderWay():
                    joined = await self._follow(found)
                    if joined is not None:
                        return self._taken(joined, errand, "joined")
                    if not errand.time_left():
                        raise DeadlineTooNear("an equal call that was under way came to nothing")
                case _ as unreachable:
                    assert_never(unreachable)

    async def _note(self, intent: Intent) -> Noted | Kept | UnderWay:
        """As the books say it now: a note that is still there is found again, and is ours."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            found = await self._books.note(intent)
            if clock() - began <= _STOOD_STILL_S:
                return found

    async def _held(self, intent: Intent) -> Held | None:
        """Raises BudgetSpent where a cap of the account does not allow the call."""
        try:
            return await self._spending.hold(intent.payer.account_id, intent.price)
        except BaseException:
            self._books.strike(intent.entry)
            raise

    async def unreadable(self, errand: Errand) -> None:
        """What the last step was told made no sense: it is not kept to be misread again."""
        for entry in errand.entries:
            self._books.strike(entry)
        await self._books.written()

    def _intent(self, call: Call, errand: Errand, attempt: int) -> Intent:
        channel, payer = errand.channel, errand.terms.payer
        entry = Entry(
            question=self._question(call, errand, attempt),
            id=uuid4(),
            account_id=payer.account_id,
        )
        return Intent(
            entry=entry,
            payer=payer,
            conversation=errand.conversation,
            provider=channel.name,
            capability=errand.capability,
            attempt=attempt,
            price=channel.price(call.credits),
            lasts=errand.time_left() + channel.call_timeout + _SETTLING_TIME,
        )

    def _question(self, call: Call, errand: Errand, attempt: int) -> bytes:
        parts = (
            errand.channel.name,
            call.method,
            errand.channel.url(call),
            call.params,
            call.headers,
            call.json,
        )
        asked = msgspec.msgpack.encode(parts, order="deterministic")
        # A conversation that makes the same call twice means to; its retry does not.
        errand.asked[asked] += attempt == 1
        ordinal = errand.asked[asked].to_bytes(4, "big")
        return hmac.digest(self._secret, b"call" + ordinal + asked, hashlib.sha256)

    def _taken(self, kept: Kept, errand: Errand, how: Purchase) -> Reply:
        self._watch.bought(errand.channel.name, how)
        errand.entries.append(kept.entry)
        errand.taken.append(kept.reply)
        return kept.reply

    async def _follow(self, joined: UnderWay) -> Kept | None:
        """What the other call brought; None if it must be bought after all."""
        look_s = _FIRST_LOOK_S
        while joined.left > timedelta(0):
            await asyncio.sleep(min(look_s, joined.left.total_seconds()))
            look_s = min(look_s * 2, _SLOWEST_LOOK_S)
            match await self._books.follow(joined.entry):
                case UnderWay() as now:
                    joined = now
                case Kept() as kept:
                    return kept
                case Unanswered():
                    raise ProviderTimedOut("an equal call that was under way brought no reply")
                case Gone():
                    return None
        lost = await self._books.write_off(joined.entry)
        if lost is not None:
            self._watch.lost(lost.provider, lost.capability, lost.cost)
        return None


class Order:
    """Leave to make one call. Left without the call being made, its note is struck out."""

    def __init__(self, books: Books, errand: Errand, intent: Intent | None) -> None:
        self._books = books
        self.held: Held | None = None
        """Against the account's caps."""
        self._errand = errand
        self._intent = intent
        self._is_made = False
        self._noted_at = asyncio.get_running_loop().time()
        self.id = intent.entry.id if intent else uuid4()

    async def confirm(self) -> None:
        """To be called last before the call: after a wait the books may have given it to others.

        Raises DeadlineTooNear where they have, and BooksUnavailable.
        """
        clock = asyncio.get_running_loop().time
        while self._intent is not None and clock() - self._noted_at > _STOOD_STILL_S:
            began = clock()
            if not isinstance(await self._books.note(self._intent), Noted):
                raise DeadlineTooNear("an equal call was made while this one waited")
            self._noted_at = began

    def made(self) -> None:
        """From here on the provider may charge for it."""
        self._is_made = True

    def settle(self, record: CallRecord, paid_for: Reply | None) -> None:
        """Book what came, and keep what was paid for."""
        if self._intent is None:
            return
        self._books.settle(self._intent, record, paid_for)
        if self.held is not None:
            self.held.settle(record.cost)
        if paid_for is not None:
            self._errand.entries.append(self._intent.entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        was_skipped = not self._is_made or isinstance(error, CallSkipped)
        if self._intent is not None and was_skipped:
            self._books.strike(self._intent.entry)
            if self.held is not None:
                self.held.settle(MicroUsd(0))


def _is_too_old(kept: Kept, errand: Errand) -> bool:
    return errand.terms.max_age is not None and kept.age > errand.terms.max_age
