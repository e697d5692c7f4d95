"""Who waits to go together, and when they leave."""

import asyncio
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.providers.gathering import Group

Item = TypeVar("Item")
Result = TypeVar("Result")

# While others still join, a party waits for more: so often for what its group says, and for no
# larger part of what time anybody has left.
_MOST_WAITS = 5
_PART_OF_TIME = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Generic[Item, Result]):
    """One who waits, for an item of its own."""

    item: Item
    identity: bytes
    """Equal for equal items, which travel as one."""
    errand: Errand
    held: MicroUsd
    """Reserved in its purse: the most it may owe."""
    ends: float
    """Until when it may wait, in the loop's time."""
    result: "asyncio.Future[Result | None]"
    """None: go alone."""

    @property
    def is_waiting(self) -> bool:
        return not self.result.done()

    def record(self, call: CallRecord, part: MicroUsd) -> None:
        """A call that was made for it and others, with its part of the cost."""
        errand = self.errand
        own = replace(call, conversation=errand.conversation, capability=errand.capability)
        errand.calls.append(replace(own, cost=part, whole=call.cost))

    def release(self, owed: MicroUsd = MicroUsd(0)) -> None:
        """Give back what it held and does not owe."""
        self.errand.terms.purse.settle(self.held, owed)

    def go_alone(self) -> None:
        if self.is_waiting:
            self.result.set_result(None)

    def take(self, result: "Result | ProviderError | CallSkipped") -> None:
        if not self.is_waiting:
            return
        if isinstance(result, ProviderError | CallSkipped):
            # Of its own: whoever raises one writes to it.
            self.result.set_exception(copy(result))
        else:
            self.result.set_result(result)


class Party(Generic[Item, Result]):
    """Open until it leaves."""

    def __init__(self, group: Group, leave: "Callable[[Party[Item, Result]], None]") -> None:
        self.members: list[Member[Item, Result]] = []
        self._group = group
        self._leave = leave
        self._identities: set[bytes] = set()
        self._loop = asyncio.get_running_loop()
        self._pause = group.within.total_seconds()
        self._last_joined = self._loop.time()
        self._leaves_by = self._last_joined + self._pause * _MOST_WAITS
        self._timer: asyncio.TimerHandle | None = None

    def admit(self, member: Member[Item, Result]) -> None:
        self.members.append(member)
        self._identities.add(member.identity)
        self._last_joined = now = self._loop.time()
        self._leaves_by = min(self._leaves_by, now + (member.ends - now) * _PART_OF_TIME)
        if len(self._identities) >= self._group.most:
            self.depart()
        elif self._timer is None or self._timer.when() > self._leaves_by:
            self._wait()

    def _wait(self) -> None:
        """Until it may leave; also where that is over by now, so that who asks at once gets in."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._may_leave_at(), self._look)

    def _look(self) -> None:
        """Leave, or look again when there may be reason to."""
        if self._loop.time() >= self._may_leave_at():
            self.depart()
        else:
            self._wait()

    def _may_leave_at(self) -> float:
        return min(self._last_joined + self._pause, self._leaves_by)

    def depart(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._leave(self)


@dataclass(slots=True, kw_only=True)
class SharedErrand(Errand):
    """Its deadline is the first of its members', so that nobody pays for what comes too late.

    From the first purchase on it is the last one's.
    """

    last: float

    def ends(self) -> float:
        if not self.has_bought():
            return self.terms.deadline
        return self.last + self.channel.call_timeout.total_seconds()


def shared_errand(aboard: Sequence[Member[Item, Result]]) -> SharedErrand:
    """In the first one's name; as patient, and as particular, as the least patient of them."""
    first = aboard[0].errand
    ages = [age for member in aboard if (age := member.errand.terms.max_age) is not None]
    terms = Terms(
        deadline=min(member.ends for member in aboard),
        purse=Purse(MicroUsd(sum(member.held for member in aboard))),
        max_age=min(ages, default=None),
        priority=first.terms.priority,
        payer=first.terms.payer,
    )
    return SharedErrand(
        channel=first.channel,
        capability=first.capability,
        terms=terms,
        conversation=first.conversation,
        last=max(member.ends for member in aboard),
    )
