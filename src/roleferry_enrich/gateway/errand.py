"""What a conversation carries along: for whom it runs, how long, at whose cost, what it did."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind, Report
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.gateway.books import NOBODY, Entry, Payer
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.leave import FREE, Leave
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.providers.replies import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A newer answer being got behind one that was served."""

    ask: Ask
    served: UUID
    """The conversation of the answer that was served."""
    report: asyncio.Task[Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a request allows its asks."""

    deadline: float
    """In the running loop's time."""
    purse: Purse
    max_age: timedelta | None = None
    priority: Priority = Priority.INTERACTIVE
    payer: Payer = NOBODY
    leave: Leave = FREE
    """Taken before a provider is asked; what is known already needs none."""
    renewals: list[Renewal] = field(default_factory=list)
    """Begun for this request, which pays for them; their reports come after its answer."""

    def free(self) -> "Terms":
        """The same for what needs no leave."""
        return replace(self, leave=FREE)


@dataclass(slots=True, kw_only=True)
class Errand:
    channel: Channel
    capability: str
    terms: Terms
    is_aside: bool = False
    """Does not say that other calls to the provider go well or badly, and is not repeated."""
    conversation: UUID = field(default_factory=uuid4)
    calls: list[CallRecord] = field(default_factory=list)
    taken: list[Reply] = field(default_factory=list)
    """Replies that others, or an earlier try, had paid for."""
    entries: list[Entry] = field(default_factory=list)
    """Where the paid replies of the step under way are kept."""
    asked: Counter[bytes] = field(default_factory=Counter)
    """How often it made each paid call."""

    def time_left(self) -> timedelta:
        """How long it may still wait.

        Until something was got or paid for, to the request's deadline; from then on what it buys
        is worth waiting for beyond it, as long as one call may take. A refusal buys nothing.
        """
        left = self.ends() - asyncio.get_running_loop().time()
        return timedelta(seconds=max(0.0, left))

    def ends(self) -> float:
        """Until when, in the running loop's time."""
        timeout = self.channel.call_timeout.total_seconds() if self.has_bought() else 0.0
        return self.terms.deadline + timeout

    def has_bought(self) -> bool:
        paid = any(call.cost or call.outcome is OutcomeKind.FOUND for call in self.calls)
        return bool(self.taken) or paid

    def observed_at(self, now: datetime) -> datetime:
        """When what it brings was true: as old as the oldest reply it took over."""
        return min([now, *(reply.received_at for reply in self.taken)])
