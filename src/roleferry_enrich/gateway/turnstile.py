"""Gets the callers of one bucket their permits, in the order they came.

Callers that come while Redis is being asked are asked for together: one script call for all of
them, and no two of them can overtake each other on different connections.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol, assert_never

from roleferry_enrich.errors import NoPermit, Quarantined
from roleferry_enrich.gateway.buckets import Bucket, Priority
from roleferry_enrich.gateway.shared_buckets import Decision, Refused, Reserved, SwitchedOff
from roleferry_enrich.gateway.waiting_room import Caller, Pauses, WaitingRoom

_AT_ONCE = 100
_SHORTEST_NAP_S = 0.001
_LONGEST_NAP_S = 1.0


class Source(Pauses, Protocol):
    """Where permits come from."""

    async def reserve(
        self, bucket: Bucket, priority: Priority, waits: Sequence[timedelta]
    ) -> Sequence[Decision]:
        """One decision for each caller, in order."""

    async def release(self, bucket: Bucket, unused: Sequence[Reserved]) -> None: ...


class Turnstile:
    """The callers of one bucket and one priority."""

    def __init__(self, source: Source, bucket: Bucket, priority: Priority) -> None:
        self._source = source
        self._bucket = bucket
        self._priority = priority
        self._room = WaitingRoom(source, bucket)
        self._loop = asyncio.get_running_loop()
        self._callers: deque[Caller] = deque()
        self._unused: list[Reserved] = []
        self._serving: asyncio.Task[None] | None = None
        self._wakes_at = 0.0
        self._woken = asyncio.Event()

    async def enter(self, within: timedelta) -> timedelta:
        """Wait for a permit. Raises NoPermit or Quarantined; returns how long it waited."""
        came = self._loop.time()
        caller = Caller(until=came + within.total_seconds())
        self._callers.append(caller)
        if caller.until < self._wakes_at:
            self._woken.set()
        self._serve_if_idle()
        try:
            await caller.turn
        except (asyncio.CancelledError, NoPermit):
            self._leave(caller)
            raise
        return timedelta(seconds=self._loop.time() - came if caller.waits else 0.0)

    def _leave(self, caller: Caller) -> None:
        if not caller.turn.cancel() and not caller.turn.cancelled():
            caller.turn.exception()  # seen, although whoever should see it has gone
        if caller.permit is not None:
            self._give_back(caller.permit)

    def _give_back(self, permit: Reserved) -> None:
        self._unused.append(permit)
        self._woken.set()
        self._serve_if_idle()

    def _serve_if_idle(self) -> None:
        if self._serving is None:
            self._serving = self._loop.create_task(self._serve(), name=f"limit:{self._bucket.key}")

    async def _serve(self) -> None:
        try:
            while self._callers or self._unused:
                unused, self._unused = self._unused, []
                if unused:
                    await self._source.release(self._bucket, unused)
                await self._serve_some()
        except BaseException as error:
            # Whoever waits must not wait for ever for a task that has ended.
            while self._callers:
                self._callers.popleft().refuse(error)
            raise
        finally:
            self._serving = None

    async def _serve_some(self) -> None:
        asked = self._next()
        if not asked:
            return
        now = self._loop.time()
        waits = [timedelta(seconds=max(0.0, caller.until - now)) for caller in asked]
        try:
            decisions = await self._source.reserve(self._bucket, self._priority, waits)
        except BaseException as error:
            for caller in asked:
                caller.refuse(error)
            raise
        naps = [self._decide(caller, told) for caller, told in zip(asked, decisions, strict=True)]
        patient = [caller for caller, nap in zip(asked, naps, strict=True) if nap is not None]
        if patient:
            self._callers.extendleft(reversed(patient))
            await self._nap(min(nap for nap in naps if nap is not None))

    def _next(self) -> list[Caller]:
        asked: list[Caller] = []
        while self._callers and len(asked) < _AT_ONCE:
            caller = self._callers.popleft()
            if not caller.turn.done():
                asked.append(caller)
        return asked

    def _decide(self, caller: Caller, decision: Decision) -> float | None:
        """Tell the caller. Not None: it is one of a batch and asks again after so many seconds."""
        match decision:
            case Reserved() if caller.turn.done():
                self._give_back(decision)
            case Reserved():
                self._room.admit(caller, decision)
            case Refused(wait):
                seconds = wait.total_seconds()
                if self._priority is Priority.BATCH and self._loop.time() + seconds < caller.until:
                    caller.waits = True
                    return seconds
                caller.refuse(NoPermit(f"the next permit is free in {seconds:.1f} s"))
            case SwitchedOff(left=left, reason=reason):
                caller.refuse(Quarantined(reason, left=left))
            case unexpected:
                assert_never(unexpected)
        return None

    async def _nap(self, seconds: float) -> None:
        """Until a permit may be free, but not so long that a caller is told too late."""
        now = self._loop.time()
        soonest = min(caller.until for caller in self._callers) - now
        self._wakes_at = now + max(_SHORTEST_NAP_S, min(seconds, soonest, _LONGEST_NAP_S))
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._wakes_at):
                await self._woken.wait()
        self._wakes_at = 0.0
