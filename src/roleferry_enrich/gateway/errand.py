"""What a conversation carries along: for whom it runs, how long, at whose cost, what it did."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from roleferry_enrich.domain.outcomes import CallRecord, Report
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.purse import Purse


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
    renewals: list[Renewal] = field(default_factory=list)
    """Begun for this request, which pays for them; their reports come after its answer."""


@dataclass(slots=True, kw_only=True)
class Errand:
    channel: Channel
    capability: str
    terms: Terms
    conversation: UUID = field(default_factory=uuid4)
    calls: list[CallRecord] = field(default_factory=list)

    def time_left(self) -> timedelta:
        """How long it may still wait.

        Until something was sent, to the request's deadline; from then on the money is spent and
        what it buys is worth waiting for beyond it, as long as one call may take.
        """
        ends = self.terms.deadline
        if self.calls:
            ends += self.channel.call_timeout.total_seconds()
        return timedelta(seconds=max(0.0, ends - asyncio.get_running_loop().time()))
