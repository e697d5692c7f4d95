"""What the gateway needs of whoever keeps the books: a line before each paid call, one after it.

The line before makes equal calls of a whole fleet one; the reply kept with the line after makes
one purchase of an answer that came, whatever dies in between.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.providers.replies import Reply


@dataclass(frozen=True, slots=True)
class Payer:
    """In whose name calls are paid."""

    account_id: UUID
    enrichment_id: UUID


NOBODY = Payer(UUID(int=0), UUID(int=0))
"""No such account: books that are kept refuse to note a call in its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where the books speak of one call."""

    question: bytes
    """Equal for equal calls of any process and account; tells nothing of what is asked."""
    id: UUID
    """That of the call's record."""
    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A paid call that is about to be made."""

    entry: Entry
    payer: Payer
    conversation: UUID
    provider: str
    capability: str
    attempt: int
    price: MicroUsd
    lasts: timedelta
    """Unsettled for longer than this, it was made by a process that died."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The call is in the books and may be made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An equal call was paid for, and this came."""

    entry: Entry
    reply: Reply
    age: timedelta


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An equal call was noted and not settled yet."""

    entry: Entry
    left: timedelta
    """Until it counts as lost; not positive if it does."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The call was made, may have been charged, and no reply came."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The books no longer speak of the call: struck out, written off or cost nothing."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A call nobody settled in time: it may have been charged, so it is booked in full."""

    provider: str
    capability: str
    cost: MicroUsd


class Books(Protocol):
    """Each wait ends within a moment, also when the database's does not."""

    async def note(self, intent: Intent) -> Noted | Kept | UnderWay:
        """Raises BooksUnavailable; the call must not be made then."""

    async def follow(self, entry: Entry) -> Kept | UnderWay | Unanswered | Gone:
        """How another's call stands. Raises BooksUnavailable."""

    async def write_off(self, entry: Entry) -> Lost | None:
        """Book a call that is overdue in full; None if it is in the books by now.

        Raises BooksUnavailable.
        """

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None:
        """Book what came of a call, and keep its reply if given; behind the caller's back.

        Tried until it succeeds. The caller need not wait: only a crash of this process in the
        next milliseconds loses the reply, whether it waits or not.
        """

    def strike(self, entry: Entry) -> None:
        """Forget a call that was not made, or whose reply is of no use; likewise."""

    async def written(self) -> None:
        """Once what was settled or struck so far is in the books, or after a moment."""
