"""Where callers stay who have a permit for later: they leave in order, and not into a pause."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.buckets import MICRO, Bucket
from roleferry_enrich.gateway.shared_buckets import Reserved


class Pauses(Protocol):
    """What is known of the provider's wish for silence. Never raises for Redis's sake."""

    async def shift(self, bucket: Bucket) -> int | None:
        """How far pauses have moved those who wait, as all processes see it; None: unknown."""

    def silence(self, bucket: Bucket) -> timedelta:
        """What is left of a pause that this process knows of."""


@dataclass(slots=True, eq=False)
class Caller:
    """One who waits. `turn` is done when it may go on, or has its refusal."""

    until: float
    turn: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    permit: Reserved | None = None
    waits: bool = False
    """Whether it could not go on at once."""
    at: float = 0.0
    """When its permit's time has come."""
    moved: int = 0
    """Microseconds by which pauses have put that off."""

    def refuse(self, error: BaseException) -> None:
        if not self.turn.done():
            self.turn.set_exception(error)


class WaitingRoom:
    def __init__(self, pauses: Pauses, bucket: Bucket) -> None:
        self._pauses = pauses
        self._bucket = bucket
        self._loop = asyncio.get_running_loop()
        self._callers: deque[Caller] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None

    def admit(self, caller: Caller, permit: Reserved) -> None:
        """Let the caller through when its permit's time has come, and all before it are gone."""
        caller.permit = permit
        now = self._loop.time()
        # A pause may have been asked for while Redis answered.
        silence = self._pauses.silence(self._bucket).total_seconds()
        at = now + max(permit.wait.total_seconds(), silence)
        if silence and at > caller.until:
            caller.refuse(NoPermit("the provider asked for a longer pause meanwhile"))
            return
        while self._callers and self._callers[-1].turn.done():
            self._callers.pop()
        if at <= now and not self._callers:
            caller.turn.set_result(None)
            return
        caller.at = max(at, self._callers[-1].at) if self._callers else at
        caller.waits = True
        self._callers.append(caller)
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._opening is not None:
            return  # sets it when it ends
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
        if self._callers:
            self._alarm = self._loop.call_at(self._callers[0].at, self._start_opening)

    def _start_opening(self) -> None:
        self._opening = self._loop.create_task(self._open(), name=f"limit:{self._bucket.key}")

    async def _open(self) -> None:
        """Let all go whose time has come, after one look whether there was a pause meanwhile."""
        try:
            shift = await self._pauses.shift(self._bucket)
            now, due = self._loop.time(), []
            while self._callers and self._callers[0].at <= now:
                due.append(self._callers.popleft())
            staying = [caller for caller in due if not self._leaves(caller, shift, now)]
            self._callers.extendleft(reversed(staying))
        finally:
            self._opening = None
            self._set_alarm()

    def _leaves(self, caller: Caller, shift: int | None, now: float) -> bool:
        if caller.turn.done():
            return True
        silence = self._pauses.silence(self._bucket).total_seconds()
        caller.at = max(self._put_off(caller, shift), now + silence)
        if caller.at <= now:
            caller.turn.set_result(None)
            return True
        if caller.at <= caller.until:
            return False
        caller.refuse(NoPermit("the provider asked for a longer pause meanwhile"))
        return True

    def _put_off(self, caller: Caller, shift: int | None) -> float:
        """When its time comes, by the pauses there were since it was last looked at.

        Counted from its own time: one that stood behind others is looked at late, and must not
        be later still than Redis has it, or it calls together with those who come after it.
        """
        assert caller.permit is not None, "only who has a permit is admitted"
        if shift is None or not caller.permit.seq:
            return caller.at
        moved = max(caller.moved, shift - caller.permit.shift)
        added, caller.moved = moved - caller.moved, moved
        return caller.at + added / MICRO
